import type { StructuredToolInterface } from "@langchain/core/tools";
import { AgentError } from "./errors.ts";
import type { AgentToolCall } from "./events.ts";

type Args = AgentToolCall["args"];

/** When calls of one tool need a person, and what the person reads of them. */
export type ApprovalRule =
  | boolean
  | ((args: Args) => boolean)
  | {
      /** @default every call */
      readonly when?: (args: Args) => boolean;
      /** What the call would do, for the person who decides. @default the tool's own description */
      readonly describe?: (args: Args) => string;
    };

/**
 * Which calls wait for a person: all, those of the tools named, those that a test picks, or a rule for each tool. A test
 * that throws counts as yes.
 *
 * @example
 * approvals: { send_mail: true, write_file: (args) => args.path !== "notes.md",
 *   delete_file: { describe: (args) => `Delete ${args.path}` } }
 */
export type ApprovalPolicy =
  | "all"
  | readonly string[]
  | ((call: AgentToolCall) => boolean)
  | Readonly<Record<string, ApprovalRule>>;

/** @throws AgentError `invalid-definition` for a tool that is not there, or a rule that is none */
export function checkApprovals(policy: ApprovalPolicy | undefined, toolNames: readonly string[]): void {
  if (policy === undefined || policy === "all" || typeof policy === "function") return;
  if (typeof policy !== "object" || policy === null) {
    throw new AgentError(
      "invalid-definition",
      `"approvals" must be "all", tool names, a test, or a rule for each tool, not ${JSON.stringify(policy)}.`,
    );
  }
  const names: readonly string[] = isNames(policy) ? policy : Object.keys(policy);
  const unknown = names.find((name) => !toolNames.includes(name));
  if (unknown !== undefined) {
    throw new AgentError(
      "invalid-definition",
      `"approvals" names "${unknown}", which is not a tool. Tools: ${toolNames.join(", ") || "none"}.`,
    );
  }
  if (isNames(policy)) return;
  for (const [name, rule] of Object.entries(policy)) {
    if (typeof rule === "boolean" || typeof rule === "function" || isRuleObject(rule)) continue;
    throw new AgentError(
      "invalid-definition",
      `approvals.${name} must be true, false, a test of the arguments, or { when?, describe? } with functions.`,
    );
  }
}

export function needsApproval(policy: ApprovalPolicy | undefined, call: AgentToolCall): boolean {
  if (policy === undefined) return false;
  if (policy === "all") return true;
  if (typeof policy === "function") return saysYes(() => policy(call));
  if (isNames(policy)) return policy.includes(call.name);
  const rule = ruleOf(policy, call);
  if (typeof rule === "boolean") return rule;
  const test = typeof rule === "function" ? rule : rule.when;
  return test === undefined || saysYes(() => test(call.args));
}

/** What a person reads of a call. */
export function describeCall(
  policy: ApprovalPolicy | undefined,
  tools: readonly StructuredToolInterface[],
  call: AgentToolCall,
): string {
  if (typeof policy === "object" && !isNames(policy)) {
    const rule = ruleOf(policy, call);
    try {
      if (typeof rule === "object" && rule.describe) return String(rule.describe(call.args));
    } catch {
      // The model may have left out what the description needs; the person still has the arguments.
    }
  }
  return tools.find((tool) => tool.name === call.name)?.description ?? call.name;
}

function ruleOf(policy: Readonly<Record<string, ApprovalRule>>, call: AgentToolCall): ApprovalRule {
  return Object.hasOwn(policy, call.name) ? (policy[call.name] as ApprovalRule) : false;
}

function saysYes(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return true;
  }
}

function isNames(policy: object): policy is readonly string[] {
  return Array.isArray(policy);
}

function isRuleObject(rule: unknown): boolean {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return false;
  return Object.entries(rule).every(
    ([key, value]) => (key === "when" || key === "describe") && typeof value === "function",
  );
}
