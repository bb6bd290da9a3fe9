import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { z } from "zod";
import {
  type Agent,
  type AgentEvent,
  defineAgent,
  type OnUnfinished,
  type StateStore,
} from "../src/index.ts";

type Call = { readonly name: string; readonly args: Record<string, unknown>; readonly id: string };

export const mails = (...recipients: string[]): Call[] =>
  recipients.map((to) => ({ name: "send", args: { to, text: "你好" }, id: `to-${to}` }));

interface MailDeskOptions {
  /** Do mails need approval? @default true */
  readonly asks?: boolean;
  readonly onUnfinished?: OnUnfinished;
  /** Number of the model's call that fails once. */
  readonly failAt?: number;
}

/** An agent whose model makes the calls of each turn in turn, and tools that note what they did. */
export function mailDesk(turns: readonly (readonly Call[])[], options: MailDeskOptions = {}) {
  const waiting = [...turns];
  const sent: string[] = [];
  const ran: string[] = [];
  let seen: readonly BaseMessage[] = [];
  let hangs = true;
  let begin = () => {};
  const hanging = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let fails = options.failAt;
  const model = scriptedChatModel(({ messages }, n) => {
    if (n === fails) {
      fails = undefined;
      return reply.error(400, "refused");
    }
    seen = messages;
    const calls = waiting.shift();
    return calls ? reply.toolCalls(calls) : reply.text("完成。");
  });
  const tool = (name: string, metadata: Record<string, unknown>) =>
    new DynamicStructuredTool({
      name,
      description: `${name}s`,
      schema: z.object({ to: z.string(), text: z.string() }),
      metadata,
      func: async ({ to }: { to: string }, _manager, config) => {
        ran.push(name);
        sent.push(to);
        if (to === "hang" && hangs) {
          if (sent.filter((one) => one === "hang").length === turns.flat().filter(isHanging).length) {
            setTimeout(begin, 50);
          }
          await new Promise((_, reject) =>
            config?.signal?.addEventListener("abort", () => reject(new Error("cut"))),
          );
        }
        return `sent to ${to}`;
      },
    });
  const approvals = {
    send: { describe: ({ to }: Readonly<Record<string, unknown>>) => `Mail to ${String(to)}` },
  };
  return {
    sent,
    hanging,
    /** From now on nothing hangs. */
    release: () => {
      hangs = false;
    },
    ran: (name: string) => ran.filter((one) => one === name).length,
    addTurn: (calls: readonly Call[]) => waiting.push(calls),
    /** Results of the last calls, as the model read them. */
    read: () => {
      const from = seen.findLastIndex((message) => AIMessage.isInstance(message));
      return seen.slice(from).flatMap((message) => (ToolMessage.isInstance(message) ? [message.text] : []));
    },
    agent: (store: StateStore): Agent =>
      defineAgent({
        name: "desk",
        model,
        tools: [tool("send", {}), tool("look", { effect: "read" })],
        store,
        ...(options.asks !== false && { approvals }),
        ...(options.onUnfinished !== undefined && { onUnfinished: options.onUnfinished }),
      }),
  };
}

const isHanging = ({ args }: Call) => args.to === "hang";

export const only = <T extends AgentEvent["type"]>(events: readonly AgentEvent[], type: T) =>
  events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);
