import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const orderSchema = z.object({
  id: z.string(),
  customer: z.string(),
  status: z.enum(["paid", "shipped", "delivered"]),
  /** In yuan, as all prices here. */
  shipping: z.number().nonnegative(),
  items: z.array(z.object({ name: z.string(), unitPrice: z.number(), quantity: z.int().positive() })),
});
const refundSchema = z.object({ orderId: z.string(), amount: z.number(), reason: z.string() });

export type Order = z.infer<typeof orderSchema>;
export type Refund = z.infer<typeof refundSchema>;

/**
 * What the tools act on: orders are read from one JSON file, refunds are recorded in another. Replace it with your own
 * system; the tools need `find` and `refund` only.
 *
 * @example new Shop("data/orders.json", ".zixue/refunds.json").find("A1001").customer
 */
export class Shop {
  readonly #orders: readonly Order[];
  readonly #refundsFile: string;

  constructor(ordersFile: string, refundsFile: string) {
    this.#orders = z.array(orderSchema).parse(JSON.parse(readFileSync(ordersFile, "utf8")));
    this.#refundsFile = refundsFile;
  }

  /** @throws Error naming the orders there are, so that a model can mend its call. */
  find(id: string): Order {
    const order = this.#orders.find((candidate) => candidate.id === id.trim().toUpperCase());
    if (order) return order;
    throw new Error(`There is no order "${id}". Orders: ${this.#orders.map((each) => each.id).join(", ")}.`);
  }

  refunds(): Refund[] {
    if (!existsSync(this.#refundsFile)) return [];
    return z.array(refundSchema).parse(JSON.parse(readFileSync(this.#refundsFile, "utf8")));
  }

  /** @throws Error when the order is not delivered, or when less than `amount` is left to refund. */
  refund(orderId: string, amount: number, reason: string): Refund {
    const order = this.find(orderId);
    if (order.status !== "delivered")
      throw new Error(`Order ${order.id} is "${order.status}". Only delivered orders can be refunded.`);
    const earlier = this.refunds();
    const refunded = earlier.filter((each) => each.orderId === order.id).map((each) => each.amount);
    // In fen, since 0.1 + 0.2 is not 0.3.
    const left = inFen(totalOf(order)) - refunded.reduce((sum, each) => sum + inFen(each), 0);
    if (inFen(amount) < 1 || inFen(amount) > left)
      throw new Error(`At most ${left / 100} yuan can be refunded for ${order.id}, not ${amount}.`);
    const refund = { orderId: order.id, amount, reason };
    this.#save([...earlier, refund]);
    return refund;
  }

  /** Written beside and renamed, so that a crash leaves the old file or the new one. */
  #save(refunds: readonly Refund[]): void {
    mkdirSync(path.dirname(this.#refundsFile), { recursive: true });
    writeFileSync(`${this.#refundsFile}.new`, JSON.stringify(refunds, null, 2));
    renameSync(`${this.#refundsFile}.new`, this.#refundsFile);
  }
}

/** What was paid for an order, in yuan. */
export function totalOf(order: Order): number {
  const items = order.items.reduce((sum, item) => sum + inFen(item.unitPrice) * item.quantity, 0);
  return (items + inFen(order.shipping)) / 100;
}

function inFen(yuan: number): number {
  return Math.round(yuan * 100);
}
