/** Prints the three bills for every price, checks them against the ledger, and exits with 1 when they differ. */
import assert from "node:assert/strict";
import { breakEvenDocuments, dayCost, longContextCall, retrievalCall } from "./cost.ts";
import { billDay, crossing } from "./ledger.ts";
import { readPriceList } from "./price-list.ts";
import { operationsDocs as job } from "./workload.ts";

const own = process.argv[2];
const { currency, prices } = await readPriceList(own ?? new URL("prices.json", import.meta.url));
const round = (value: number, digits: number): string => value.toFixed(digits);
const whole = (value: number): string => Math.floor(value).toLocaleString("en-US");
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

console.log(`差事：${whole(job.documents)} 个 token 的文档，每天 ${job.callsPerDay} 问`);
for (const { name, source, asOf } of prices) console.log(`  价目 ${name}：${source}（${asOf}）`);

console.log(`\n一、每次提问的花费（${currency}）`);
console.table(
  Object.fromEntries(
    prices.map((price) => [
      price.name,
      {
        "长上下文，没有缓存": round(longContextCall(price, job, "miss"), 4),
        "长上下文，命中缓存": round(longContextCall(price, job, "hit"), 4),
        检索: round(retrievalCall(price, job), 4),
      },
    ]),
  ),
);

console.log(`二、一天的花费（${currency}；带缓存时有 ${job.coldCallsPerDay} 次没命中），逐次记账核对`);
const days = prices.map((price) => ({ price, day: dayCost(price, job) }));
for (const { price, day } of days) {
  for (const way of ["noCache", "cached", "retrieval"] as const) {
    assert.ok(close(day[way], billDay(price, job, way)), `${price.name} 的 ${way} 与逐次记账不符`);
  }
}
console.table(
  Object.fromEntries(
    days.map(({ price, day }) => [
      price.name,
      {
        没有缓存: round(day.noCache, 2),
        带缓存: round(day.cached, 2),
        检索: round(day.retrieval, 2),
      },
    ]),
  ),
);

console.log("三、文档多短时，带缓存的长上下文比检索便宜（token）");
for (const price of prices) {
  const formula = breakEvenDocuments(price, job);
  const halved = crossing(price, job);
  const alwaysWarm = breakEvenDocuments(price, { ...job, coldCallsPerDay: 0 });
  console.log(
    `  ${price.name}：${whole(formula)}（二分法 ${whole(halved)}）；若每次都命中缓存：${whole(alwaysWarm)}`,
  );
  if (formula > 0 && Number.isFinite(formula)) {
    assert.ok(Math.abs(formula - halved) <= 1, `${price.name} 的平衡点与二分法不符`);
  }
}

console.log(`\n四、同一次检索问答，先想 6,000 个 token 再答（${currency}）`);
for (const price of prices) {
  const short = retrievalCall(price, job);
  const long = retrievalCall(price, { ...job, thinking: 6000 });
  console.log(`  ${price.name}：${round(short, 4)} → ${round(long, 4)}，${round(long / short, 1)} 倍`);
  assert.ok(long >= short);
}

if (own === undefined) {
  const flash = prices[0]!;
  assert.equal(round(longContextCall(flash, job, "miss"), 5), "0.60155", "正文 1.6 节的手算结果");
  assert.equal(round(longContextCall(flash, job, "hit"), 6), "0.013256", "正文 1.6 节的手算结果");
  assert.equal(round(retrievalCall(flash, job), 5), "0.00395", "正文 1.6 节的手算结果");
}
console.log("\n全部检查通过。");
