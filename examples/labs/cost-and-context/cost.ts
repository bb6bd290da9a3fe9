import type { Price } from "./price-list.ts";
import type { Workload } from "./workload.ts";

const MILLION = 1e6;

// #region cost
/** 一次调用的花费：缓存命中的输入、没命中的输入、输出（思考也算输出），各乘各的单价。 */
export function callCost(price: Price, cached: number, fresh: number, output: number): number {
  return (cached * price.cachedInput + fresh * price.input + output * price.output) / MILLION;
}

/** 长上下文：每次都带上全部文档。热调用里，说明和文档都命中缓存，只有问题是新的。 */
export function longContextCall(price: Price, job: Workload, cache: "hit" | "miss"): number {
  const prefix = job.instructions + job.documents;
  const output = job.answer + job.thinking;
  return cache === "hit"
    ? callCost(price, prefix, job.question, output)
    : callCost(price, 0, prefix + job.question, output);
}

/** 检索：只带取回的几段。段落随问题而变，所以按全部没命中计。 */
export function retrievalCall(price: Price, job: Workload): number {
  return callCost(price, 0, job.instructions + job.retrieved + job.question, job.answer + job.thinking);
}
// #endregion

// #region day
/** 一天的花费。 */
export function dayCost(price: Price, job: Workload): { noCache: number; cached: number; retrieval: number } {
  const { callsPerDay: calls, coldCallsPerDay: cold } = job;
  const miss = longContextCall(price, job, "miss");
  const hit = longContextCall(price, job, "hit");
  return {
    noCache: calls * miss,
    cached: cold * miss + (calls - cold) * hit,
    retrieval: calls * retrievalCall(price, job),
  };
}

/** 文档短于这个长度，带缓存的长上下文比检索便宜；由「两种做法花费相等」解出。可能小于 0：那时检索总是便宜。 */
export function breakEvenDocuments(price: Price, job: Workload): number {
  const coldShare = job.coldCallsPerDay / job.callsPerDay;
  const perPrefixToken = coldShare * price.input + (1 - coldShare) * price.cachedInput;
  const retrieved = (job.instructions + job.retrieved) * price.input;
  return retrieved / perPrefixToken - job.instructions;
}
// #endregion
