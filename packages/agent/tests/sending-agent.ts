import { DynamicStructuredTool } from "@langchain/core/tools";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { z } from "zod";
import { type Agent, type AgentEvent, defineAgent, type StateStore } from "../src/index.ts";
import { collect } from "./collect.ts";

/** An agent that asks before it sends one letter, and then says 寄出了. */
export function sendingAgent(store: StateStore, send: (to: string) => unknown): Agent {
  const tool = new DynamicStructuredTool({
    name: "send",
    description: "Sends a letter",
    schema: z.object({ to: z.string() }),
    func: async ({ to }: { to: string }) => {
      // Long enough for another process to come in between.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await send(to);
      return `sent to ${to}`;
    },
  });
  const model = scriptedChatModel(({ messages }) =>
    messages.at(-1)?.getType() === "tool"
      ? "寄出了。"
      : reply.toolCalls([{ name: "send", args: { to: "韩梅梅" }, id: "c1" }]),
  );
  return defineAgent({ name: "sender", model, tools: [tool], approvals: ["send"], store });
}

/** How a run ended: its status, or the code of its error. */
export async function outcomeOf(events: AsyncIterable<AgentEvent>): Promise<string> {
  try {
    const last = (await collect(events)).at(-1);
    return last?.type === "done" ? last.status : "no end";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
