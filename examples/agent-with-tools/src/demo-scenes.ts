import type { BaseMessage } from "@langchain/core/messages";
import type { AgentLimits, AgentToolCall, Decisions } from "@zixue/agent";
import { type ChatCall, reply, type Script } from "@zixue/testkit";
import type { Order, Refund } from "./shop.ts";

/**
 * Scripted scenes for when no model is set. The script plays the model only: it answers from the tools' real results,
 * and everything else is the agent as it runs with a real model.
 */
export interface Scene {
  readonly name: "tools" | "approval" | "limit" | "cancel";
  readonly question: string;
  readonly script: Script<ChatCall>;
  readonly limits?: AgentLimits;
  readonly decide?: (calls: readonly AgentToolCall[]) => Decisions;
  /** Stops the run so many milliseconds after its first words, as Ctrl+C does. */
  readonly abortAfterMs?: number;
}

export const scenes: readonly Scene[] = [
  {
    name: "tools",
    question: "订单 A1003 一共多少钱?",
    script: ({ messages }, n) => {
      if (n === 0)
        return reply.toolCalls([{ name: "lookup_order", args: { orderId: "A1003" } }], {
          text: "我先查订单。",
        });
      if (n === 1) {
        const order = JSON.parse(lastResult(messages)) as Order;
        const items = order.items.map(({ unitPrice, quantity }) => `${unitPrice} * ${quantity}`);
        const expression = [...items, order.shipping].join(" + ");
        return reply.toolCalls([{ name: "calculator", args: { expression } }]);
      }
      return reply.text(`订单 A1003 连运费一共 ${lastResult(messages)} 元。`);
    },
  },
  {
    name: "approval",
    question: "A1001 的键盘坏了,退 329 元;A1002 也全退,378 元。",
    script: ({ messages }, n) =>
      n === 0
        ? reply.toolCalls([
            { name: "refund_order", args: { orderId: "A1001", amount: 329, reason: "键盘损坏" } },
            { name: "refund_order", args: { orderId: "A1002", amount: 378, reason: "顾客要求" } },
          ])
        : reply.text(resultsOf(messages).slice(-2).map(outcomeOf).join("\n")),
    decide: ([first, second]) => ({
      ...(first && { [first.id]: { type: "approve" } }),
      ...(second && { [second.id]: { type: "reject", reason: "还没有收到退货" } }),
    }),
  },
  {
    name: "limit",
    question: "把 A1001 到 A1004 逐个核对一遍。",
    limits: { steps: 3 },
    script: ({ messages }, n) => {
      const checked = resultsOf(messages).map((content) => (JSON.parse(content) as Order).id);
      const text = checked.length > 0 ? `已核对:${checked.join("、")}。` : "";
      return reply.toolCalls([{ name: "lookup_order", args: { orderId: `A100${n + 1}` } }], { text });
    },
  },
  {
    name: "cancel",
    question: "介绍一下退货政策的历史。",
    script: () =>
      reply.text("说来话长。".repeat(3) + "最早的退货政策出现在邮购目录里,".repeat(40), { chunkDelayMs: 60 }),
    abortAfterMs: 1000,
  },
];

function resultsOf(messages: readonly BaseMessage[]): string[] {
  return messages.filter((message) => message.getType() === "tool").map((message) => message.text);
}

function outcomeOf(result: string): string {
  if (!result.startsWith("{")) return `没有退款。${result}`;
  const { refunded } = JSON.parse(result) as { refunded: Refund };
  return `${refunded.orderId} 已退 ${refunded.amount} 元。`;
}

function lastResult(messages: readonly BaseMessage[]): string {
  return resultsOf(messages).at(-1) ?? "";
}
