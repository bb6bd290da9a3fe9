import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type Agent, type AgentLimits, calculator, defineAgent } from "@zixue/agent";
import type { Shop } from "./shop.ts";
import { lookupOrder, refundOrder } from "./tools.ts";

export interface ShopAgentOptions {
  readonly model: BaseChatModel;
  readonly shop: Shop;
  /** Over the defaults below. */
  readonly limits?: AgentLimits;
}

/** The agent of this example. Change the prompt, the tools and what needs approval: that is your app. */
export function shopAgent({ model, shop, limits }: ShopAgentOptions): Agent {
  return defineAgent({
    name: "shop",
    prompt: [
      "你是网店的客服助手,用提问者的语言简短回答。",
      "订单信息只来自 lookup_order,金额一律用 calculator 算,不要心算。",
      "退款用 refund_order;被拒绝时如实转告原因,不要再试。",
    ].join("\n"),
    model,
    tools: [calculator(), lookupOrder(shop), refundOrder(shop)],
    approvals: ["refund_order"],
    limits: { steps: 10, toolCalls: 20, milliseconds: 120_000, ...limits },
  });
}
