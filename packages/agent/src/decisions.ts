import type { StructuredToolInterface } from "@langchain/core/tools";
import { Validator } from "@langchain/core/utils/json_schema";
import { interopSafeParseAsync, isInteropZodSchema } from "@langchain/core/utils/types";
import { AgentError } from "./errors.ts";
import type { AgentToolCall } from "./events.ts";
import type { Pause, WaitingCall } from "./pause.ts";

/** What a person decided about one tool call. */
export type Decision =
  | {
      readonly type: "approve";
      /**
       * Also grants such calls for the rest of the thread: all calls of the tool, or those that have the same values of
       * the arguments named.
       */
      readonly always?: true | { readonly args: readonly string[] };
    }
  /** Run the tool with these arguments instead. */
  | { readonly type: "edit"; readonly args: Readonly<Record<string, unknown>> }
  /** Do not run it; the model reads the reason. */
  | { readonly type: "reject"; readonly reason: string };

/** Decisions by tool-call id. */
export type Decisions = Readonly<Record<string, Decision>>;

export interface DecidedCall {
  readonly call: WaitingCall;
  readonly decision: Decision;
}

/**
 * Finds the call of each decision. All are checked before any counts, so a wrong one loses nothing.
 *
 * @throws AgentError `nothing-to-resume` or `invalid-decision`
 */
export async function matchDecisions(
  threadId: string,
  tools: readonly StructuredToolInterface[],
  pause: Pause,
  decisions: Decisions,
): Promise<DecidedCall[]> {
  if (typeof decisions !== "object" || decisions === null) {
    throw invalid(`Decisions must be an object by tool-call id, not ${JSON.stringify(decisions)}.`);
  }
  if (pause.waiting.length === 0) {
    const remedy =
      pause.answers.length > 0
        ? "Its calls were decided; resume without decisions goes on with them."
        : "Use run to continue it.";
    throw new AgentError("nothing-to-resume", `Thread "${threadId}" waits for no decision. ${remedy}`, {
      details: { threadId },
    });
  }
  const waiting = pause.waiting.map(({ request }) => `${request.id} (${request.name})`).join(", ");
  const entries = Object.entries(decisions);
  if (entries.length === 0) throw invalid(`Decide on at least one of: ${waiting}.`);
  const decided: DecidedCall[] = [];
  for (const [id, decision] of entries) {
    const call = pause.waiting.find(({ request }) => request.id === id);
    if (!call) throw invalid(`No call "${id}" waits for a decision; these do: ${waiting}.`, { id });
    await checkDecision(call, decision, tools);
    decided.push({ call, decision });
  }
  return decided;
}

async function checkDecision(
  { request }: WaitingCall,
  decision: Decision,
  tools: readonly StructuredToolInterface[],
): Promise<void> {
  const { id } = request;
  const type = decision?.type;
  if (type === "approve") return checkGrant(request, decision.always, request.why);
  if (type === "reject" && typeof decision.reason === "string") return;
  if (type === "edit" && isRecord(decision.args)) {
    const problem = await schemaProblem(tools, { ...request, args: decision.args });
    if (problem === undefined) return;
    throw invalid(`The edited arguments of "${id}" do not fit ${request.name}: ${problem}`, { id, decision });
  }
  throw invalid(
    `The decision on "${id}" must be { type: "approve" }, { type: "edit", args: {…} } or { type: "reject", reason: "…" }.`,
    { id, decision },
  );
}

function checkGrant(
  { id, name, args }: AgentToolCall,
  always: unknown,
  why: WaitingCall["request"]["why"],
): void {
  if (always === undefined) return;
  if (why !== "policy") {
    const cause = why === "guard" ? "a guard asks" : "it may have run already";
    throw invalid(`"${id}" can be approved this once, not always: ${cause}.`, { id });
  }
  if (always === true) return;
  const names: unknown = isRecord(always) ? always.args : undefined;
  if (!Array.isArray(names) || names.length === 0) {
    throw invalid(`"always" of "${id}" must be true or { args: […] } with names of its arguments.`, { id });
  }
  const missing = names.find((argument) => typeof argument !== "string" || !Object.hasOwn(args, argument));
  if (missing !== undefined) {
    throw invalid(
      `"always" of "${id}" names ${JSON.stringify(missing)}, which is no argument of this call of ${name}. It has: ${Object.keys(args).join(", ") || "none"}.`,
      { id },
    );
  }
}

/** What is wrong with a call's arguments by its tool's schema, Zod or JSON Schema. */
async function schemaProblem(
  tools: readonly StructuredToolInterface[],
  { name, args }: AgentToolCall,
): Promise<string | undefined> {
  const schema: unknown = tools.find((tool) => tool.name === name)?.schema;
  if (isInteropZodSchema(schema)) {
    const parsed = await interopSafeParseAsync(schema, args);
    if (parsed.success) return undefined;
    return parsed.error.issues
      .map(({ path, message }: { path: PropertyKey[]; message: string }) =>
        path.length > 0 ? `${path.map(String).join(".")}: ${message}` : message,
      )
      .join("; ");
  }
  if (!isRecord(schema)) return undefined;
  const { valid, errors } = new Validator(schema).validate(args);
  if (valid) return undefined;
  return errors
    .map(({ instanceLocation, error }) => `${instanceLocation.slice(2)} ${error}`.trim())
    .join("; ");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string, details: Readonly<Record<string, unknown>> = {}): AgentError {
  return new AgentError("invalid-decision", message, { details });
}
