/** Runs the whole lab, prints its tables and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { fitDifficulty, solvedShare, solvedShareIfEqual } from "./difficulty.ts";
import { meanEstimate, naivePassAtK, passAtK, passAtKByListing } from "./pass-at-k.ts";
import { daysBetween, growth, readTimeline } from "./timeline.ts";

const three = (value: number): string => value.toFixed(3);

console.log("\n一、时间线：问题、押注、新问题");
const steps = await readTimeline();
console.table(
  Object.fromEntries(
    steps.map((step, i) => {
      const before = steps[i - 1];
      return [
        step.name,
        {
          日期: step.date,
          "距上一步（天）": before ? daysBetween(before, step) : "",
          问题: step.problem,
          押注: step.bet,
          新问题: step.newProblem,
        },
      ];
    }),
  ),
);

console.log("二、公布了规模的三步");
const scaled = ["GPT-1", "GPT-2", "GPT-3"].map((name) => steps.find((step) => step.name === name)!);
for (const [i, step] of scaled.entries()) {
  const before = scaled[i - 1];
  if (!before) continue;
  console.log(
    `${before.name} → ${step.name}：参数 ${growth(before, step)!.toFixed(0)} 倍，相隔 ${daysBetween(before, step)} 天`,
  );
}
const total = growth(scaled[0]!, scaled[2]!)!;
console.log(`GPT-1 → GPT-3：参数 ${total.toFixed(0)} 倍，相隔 ${daysBetween(scaled[0]!, scaled[2]!)} 天`);
assert.ok(Math.round(total) === 1496, "倍数与正文不符");

console.log("\n三、pass@k：20 次采样通过 3 次");
const results = Array.from({ length: 12 }, (_, i) => i < 3);
for (const k of [1, 5, 10])
  console.log(
    `k = ${String(k).padStart(2)}：无偏 ${three(passAtK(20, 3, k))}，直接代入 ${three(naivePassAtK(20, 3, k))}`,
  );
for (let k = 1; k <= 12; k++)
  assert.ok(Math.abs(passAtK(12, 3, k) - passAtKByListing(results, k)) < 1e-12, "与逐个子集数的结果不一致");

console.log("\n四、两种估计的平均值（每题采样 20 次，真实通过率 0.1，k = 10）");
const truth = 1 - 0.9 ** 10;
const unbiased = meanEstimate(passAtK, 20, 0.1, 10);
const naive = meanEstimate(naivePassAtK, 20, 0.1, 10);
console.log(`真值 ${three(truth)}，无偏估计的平均 ${three(unbiased)}，直接代入的平均 ${three(naive)}`);
assert.ok(Math.abs(unbiased - truth) < 1e-12 && naive < truth - 0.05);

console.log("\n五、难易不均时，多采样能换来多少（由 Codex 的 28.8% 与 70.2% 定出形状）");
const { a, b } = fitDifficulty(0.288, 100, 0.702);
console.log(`Beta(${three(a)}, ${three(b)})`);
console.table(
  [1, 2, 5, 10, 20, 50, 100].map((k) => ({
    采样次数: k,
    同样难: three(solvedShareIfEqual(0.288, k)),
    难易不均: three(solvedShare(a, b, k)),
    "没有测试，任取一个": "0.288",
  })),
);
assert.ok(Math.abs(solvedShare(a, b, 1) - 0.288) < 1e-9 && Math.abs(solvedShare(a, b, 100) - 0.702) < 1e-6);
assert.ok(solvedShareIfEqual(0.288, 20) > 0.99, "同样难时 20 次就几乎全部通过");

console.log("\n全部检查通过。");
