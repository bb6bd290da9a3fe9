/**
 * The same bill without the formulas: every call of the day is written down line by line, in whole billionths of a
 * currency unit per million tokens, so that no rounding can hide a mistake of `cost.ts`.
 */
import type { Price } from "./price-list.ts";
import type { Workload } from "./workload.ts";

export type Way = "noCache" | "cached" | "retrieval";

interface Line {
  readonly tokens: number;
  readonly price: number;
}

// #region ledger
/** 逐次、逐行记账，全部用整数相加，最后才换回元。 */
export function billDay(price: Price, job: Workload, way: Way): number {
  let total = 0n;
  for (let call = 0; call < job.callsPerDay; call++) {
    const warm = way === "cached" && call >= job.coldCallsPerDay;
    for (const { tokens, price: perMillion } of linesOf(price, job, way, warm)) {
      total += BigInt(tokens) * BigInt(Math.round(perMillion * 1e9));
    }
  }
  return Number(total) / 1e15;
}
// #endregion

/** The document length at which the two bills cross, found by halving: it uses the bill only. */
export function crossing(price: Price, job: Workload): number {
  const dearer = (documents: number): boolean => {
    const day = { ...job, documents };
    return billDay(price, day, "cached") > billDay(price, day, "retrieval");
  };
  let low = 0;
  let high = 1;
  while (!dearer(high)) {
    low = high;
    high *= 2;
    if (high > 2 ** 40) return Number.POSITIVE_INFINITY;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dearer(middle)) high = middle;
    else low = middle;
  }
  return low;
}

function linesOf(price: Price, job: Workload, way: Way, warm: boolean): Line[] {
  const prefixPrice = warm ? price.cachedInput : price.input;
  const body = way === "retrieval" ? job.retrieved : job.documents;
  return [
    { tokens: job.instructions, price: prefixPrice },
    { tokens: body, price: prefixPrice },
    { tokens: job.question, price: price.input },
    { tokens: job.thinking, price: price.output },
    { tokens: job.answer, price: price.output },
  ];
}
