/** Runs the whole lab and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { accuracy, majorityFormula, type Solver, seededRandom } from "./vote.ts";

const trials = 20_000;
const random = seededRandom(2203);
const always = (solver: Solver) => () => solver;

console.log("一、两种答案：模拟与二项分布公式");
const binary = [0.6, 0.7, 0.4].flatMap((right) =>
  [1, 3, 5, 11, 21, 41].map((n) => {
    const simulated = accuracy(always({ right, wrongKinds: 1 }), n, trials, random);
    const formula = majorityFormula(right, n);
    const error = 4 * Math.sqrt((formula * (1 - formula)) / trials) + 1e-4;
    assert.ok(Math.abs(simulated - formula) < error, `p=${right}、n=${n} 时模拟偏离公式`);
    return { 一次答对的概率: right, 次数: n, 模拟: simulated.toFixed(3), 公式: formula.toFixed(3) };
  }),
);
console.table(binary);

console.log("二、错误分散到 10 种答案：一次只有 0.3 的把握，投票也能救回来");
const spread = [1, 5, 11, 21, 41].map((n) => ({
  次数: n,
  错误集中在一种: accuracy(always({ right: 0.3, wrongKinds: 1 }), n, trials, random),
  错误分散到十种: accuracy(always({ right: 0.3, wrongKinds: 10 }), n, trials, random),
}));
console.table(spread);
assert.ok(spread.at(-1)!.错误分散到十种 > 0.95);
assert.ok(spread.at(-1)!.错误集中在一种 < 0.02);

console.log("三、题目难易混合：八成的题 p=0.7，两成的题 p=0.4（错误集中在一种答案上）");
const mixture = (draw: () => number): Solver => ({ right: draw() < 0.8 ? 0.7 : 0.4, wrongKinds: 1 });
const mixed = [1, 5, 21, 101].map((n) => ({
  次数: n,
  模拟: accuracy(mixture, n, trials, random),
  公式: 0.8 * majorityFormula(0.7, n) + 0.2 * majorityFormula(0.4, n),
}));
console.table(mixed.map((row) => ({ 次数: row.次数, 模拟: row.模拟.toFixed(3), 公式: row.公式.toFixed(3) })));
assert.ok(mixed[2]!.公式 > mixed[0]!.公式 && mixed[3]!.公式 < mixed[2]!.公式, "先升后降");

console.log("四、同样的收益要多少次：从 0.7 到 0.95");
const enough = [1, 3, 5, 7, 9, 11, 13, 15, 17].find((n) => majorityFormula(0.7, n) >= 0.95);
console.log(`  p=0.7、两种答案时，至少要 ${enough} 次，费用是 ${enough} 倍。`);
assert.equal(enough, 17);

console.log("\n全部检查通过。");
