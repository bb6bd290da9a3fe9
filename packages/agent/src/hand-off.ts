import { DynamicStructuredTool, type StructuredToolInterface } from "@langchain/core/tools";
import { z } from "zod";
import type { Colleague } from "./ready-agent.ts";

/** The tools that hand a thread over, by the name of the agent that takes it. */
export interface Transfers {
  readonly tools: readonly StructuredToolInterface[];
  readonly targets: ReadonlyMap<string, string>;
}

export function transfersTo(agents: readonly Colleague[]): Transfers {
  const targets = new Map<string, string>();
  const tools = agents.map((agent, index) => {
    // Tool names are ASCII with every provider.
    const word = agent.name.replace(/[^\w-]+/g, "_").replace(/^_+|_+$/g, "") || `agent_${index + 1}`;
    const name = `transfer_to_${word}`.slice(0, 64);
    targets.set(name, agent.name);
    const purpose = agent.description === undefined ? "" : ` ${agent.description}`;
    return new DynamicStructuredTool({
      name,
      description: `Hands the conversation over to the agent "${agent.name}", which sees all of it and answers from then on.${purpose}`,
      schema: z.object({}),
      // It changes nothing outside the conversation.
      metadata: { effect: "read", idempotent: true },
      func: async () => `The conversation is now with "${agent.name}".`,
    }) as StructuredToolInterface;
  });
  return { tools, targets };
}

/** Which hand-offs of a reply must not happen, and why: more than one at a time, or more than a run may have. */
export class HandOffBound {
  readonly #most: number;
  #made = 0;

  constructor(most: number) {
    this.#most = most;
  }

  refusalsIn(
    calls: readonly { readonly id?: string | undefined; readonly name: string }[],
    { targets }: Transfers,
  ): Map<string, string> {
    const refusals = new Map<string, string>();
    const [first, ...more] = calls.filter(({ name }) => targets.has(name));
    for (const { id = "" } of more)
      refusals.set(id, "Error: only one hand-off at a time; this one was not made.");
    if (!first) return refusals;
    if (this.#made >= this.#most) {
      refusals.set(
        first.id ?? "",
        `Error: the limit of ${this.#most} hand-offs in one run was reached. Answer yourself, or tell the user what is missing.`,
      );
    } else this.#made++;
    return refusals;
  }
}
