import type { StructuredToolInterface } from "@langchain/core/tools";
import { AgentError } from "../errors.ts";

/**
 * What a tool says about itself in LangChain's `metadata`.
 *
 * @example
 * new DynamicStructuredTool({ name: "search_web", metadata: { effect: "read", untrusted: true }, … })
 */
export interface ToolTraits {
  /** Does a call change anything outside: send, write, delete, buy? A tool that does not say so counts as `change`. */
  readonly effect?: "read" | "change";
  /**
   * Does the same call twice leave the world as once does? Then a call that a crash cut off is simply run again, and is
   * not journaled.
   */
  readonly idempotent?: boolean;
  /** Its results are written by others: web pages, mails, uploads. They are fenced and flagged. */
  readonly untrusted?: boolean;
  /** The same call may well be repeated, as when polling; the loop guard leaves it alone. */
  readonly repeatable?: boolean;
}

export function traitsOf(tool: StructuredToolInterface): ToolTraits {
  return (tool as { readonly metadata?: ToolTraits }).metadata ?? {};
}

/** @throws AgentError `invalid-definition` when a trait is none of the words there are */
export function checkTraits(tools: readonly StructuredToolInterface[]): void {
  for (const tool of tools) {
    const { effect, idempotent, untrusted, repeatable } = traitsOf(tool) as Record<string, unknown>;
    const isWrong = (value: unknown) => value !== undefined && typeof value !== "boolean";
    if (effect !== undefined && effect !== "read" && effect !== "change") {
      throw new AgentError(
        "invalid-definition",
        `metadata.effect of tool "${tool.name}" must be "read" or "change", not ${JSON.stringify(effect)}.`,
      );
    }
    if (isWrong(idempotent) || isWrong(untrusted) || isWrong(repeatable)) {
      throw new AgentError(
        "invalid-definition",
        `metadata.idempotent, metadata.untrusted and metadata.repeatable of tool "${tool.name}" must be true or false.`,
      );
    }
  }
}

/** The names given, and the tools that say so themselves. */
export function untrustedTools(
  tools: readonly StructuredToolInterface[],
  named: readonly string[] | "all" | undefined,
): readonly string[] | "all" {
  if (named === "all") return "all";
  const own = tools.filter((tool) => traitsOf(tool).untrusted === true).map((tool) => tool.name);
  return [...new Set([...(named ?? []), ...own])];
}
