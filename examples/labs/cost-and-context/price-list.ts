/** Prices are data: they grow old, so each one says where it is from and of which month. */
import { readFile } from "node:fs/promises";

/** Price of a million tokens, in the currency of the list. */
export interface Price {
  readonly name: string;
  /** Input that the provider still holds from an earlier call. */
  readonly cachedInput: number;
  readonly input: number;
  readonly output: number;
  readonly source: string;
  /** `2026-10`. */
  readonly asOf: string;
}

export interface PriceList {
  readonly currency: string;
  readonly prices: readonly Price[];
}

/** Reads a price list; throws an `Error` that names the faulty entry and field. */
export async function readPriceList(file: string | URL): Promise<PriceList> {
  return checkPriceList(JSON.parse(await readFile(file, "utf8")));
}

export function checkPriceList(value: unknown): PriceList {
  if (!isRecord(value) || !Array.isArray(value.prices) || value.prices.length === 0) {
    throw new Error('价目应当是 { "currency": "元", "prices": [ … ] }，prices 至少一条。');
  }
  return { currency: textOf(value, "currency", "价目"), prices: value.prices.map(priceOf) };
}

function priceOf(value: unknown, index: number): Price {
  const where = `prices[${index}]`;
  if (!isRecord(value)) throw new Error(`${where} 应当是一个对象。`);
  return {
    name: textOf(value, "name", where),
    cachedInput: amountOf(value, "cachedInput", where),
    input: amountOf(value, "input", where),
    output: amountOf(value, "output", where),
    source: textOf(value, "source", where),
    asOf: textOf(value, "asOf", where),
  };
}

function textOf(value: Record<string, unknown>, field: string, where: string): string {
  const text = value[field];
  if (typeof text !== "string" || text === "") throw new Error(`${where} 缺少文字字段 ${field}。`);
  return text;
}

function amountOf(value: Record<string, unknown>, field: string, where: string): number {
  const amount = value[field];
  if (typeof amount !== "number" || !(amount >= 0) || !Number.isFinite(amount)) {
    throw new Error(`${where} 的 ${field} 应当是不小于 0 的数（每百万 token 的价格）。`);
  }
  return amount;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
