import type { ApprovalRequest, Decision, Decisions } from "@zixue/agent";
import type { Messages } from "../messages.ts";
import { printable, type Terminal } from "../terminal.ts";
import { summary } from "./event-printer.ts";
import type { LineReader } from "./line-reader.ts";

/**
 * Asks about each call that waits. Without a person to ask, all are declined, and that is said.
 *
 * @returns decisions on all calls; `undefined` when the person left, so that the calls go on waiting
 */
export async function askApproval(
  calls: readonly ApprovalRequest[],
  lines: LineReader,
  terminal: Terminal,
  text: Messages,
  signal: AbortSignal,
): Promise<Decisions | undefined> {
  const decisions: Record<string, Decision> = {};
  for (const call of calls) {
    terminal.note(describe(call, terminal, text));
    if (!lines.person) {
      terminal.note(text.tutor.declinedUnasked);
      decisions[call.id] = { type: "reject", reason: text.tutor.nobodyToAsk };
      continue;
    }
    const decision = await decide(call, lines, terminal, text, signal);
    if (decision === undefined) return undefined;
    decisions[call.id] = decision;
  }
  return decisions;
}

async function decide(
  call: ApprovalRequest,
  lines: LineReader,
  terminal: Terminal,
  text: Messages,
  signal: AbortSignal,
): Promise<Decision | undefined> {
  // A guard asks each time, whatever was allowed: only a rule of the tutor's own can be answered for good.
  const mayAlways = call.why === "policy";
  for (;;) {
    const typed = await lines.next(terminal.style.accent(text.tutor.choices(mayAlways)), { signal });
    if (typed === undefined) return undefined;
    switch (typed.trim()) {
      case "a":
      case "y":
        return { type: "approve" };
      case "A":
        if (mayAlways) return { type: "approve", always: true };
        terminal.note(text.tutor.notAlways);
        break;
      case "r":
      case "n": {
        const reason = await lines.next(text.tutor.reason, { signal });
        return reason === undefined ? undefined : { type: "reject", reason: reason.trim() };
      }
      case "e": {
        const args = await edit(call, lines, terminal, text, signal);
        if (args !== null) return args === undefined ? undefined : { type: "edit", args };
        break;
      }
      default:
        terminal.note(text.tutor.choose);
    }
  }
}

/** The arguments as the person changed them; `null` when they are no JSON object, `undefined` when the person left. */
async function edit(
  { args }: ApprovalRequest,
  lines: LineReader,
  terminal: Terminal,
  text: Messages,
  signal: AbortSignal,
): Promise<Record<string, unknown> | null | undefined> {
  const typed = await lines.next(text.tutor.newArguments, { signal, prefill: JSON.stringify(args) });
  if (typed === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(typed);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below, as for any other text that is no object.
  }
  terminal.note(text.tutor.notJson);
  return null;
}

function describe(call: ApprovalRequest, { style }: Terminal, text: Messages): string {
  const head = `${style.bold(text.tutor.needsApproval)} ${call.name} ${summary(call.args)}`;
  const reason =
    call.why === "guard" ? text.tutor.guardAsks : call.why === "unfinished" ? text.tutor.mayHaveRun : "";
  return [
    head,
    `  ${printable(call.description)}`,
    ...(reason === "" ? [] : [`  ${style.bad(reason)}`]),
  ].join("\n");
}
