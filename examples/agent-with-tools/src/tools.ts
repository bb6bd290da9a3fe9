import { type StructuredToolInterface, tool } from "@langchain/core/tools";
import { z } from "zod";
import type { Shop } from "./shop.ts";

/** Reads one order. A tool is a function, a name, a description for the model and a schema of its arguments. */
export function lookupOrder(shop: Shop): StructuredToolInterface {
  return tool(({ orderId }) => JSON.stringify(shop.find(orderId)), {
    name: "lookup_order",
    description:
      "Looks up one order: customer, status, shipping fee, and each item with its unit price and quantity. Prices are in yuan.",
    schema: z.object({ orderId: z.string().describe("For example A1001") }),
  });
}

/** Refunds money. It changes something outside, so `agent.ts` lets it run only after a person has approved. */
export function refundOrder(shop: Shop): StructuredToolInterface {
  return tool(
    ({ orderId, amount, reason }) => JSON.stringify({ refunded: shop.refund(orderId, amount, reason) }),
    {
      name: "refund_order",
      description: "Refunds an amount of a delivered order to its customer.",
      schema: z.object({
        orderId: z.string(),
        amount: z.number().positive().describe("In yuan"),
        reason: z.string(),
      }),
    },
  );
}
