/** Runs the whole lab and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { cases } from "./cases.ts";
import { run } from "./evaluate.ts";
import { ruleReader } from "./model.ts";
import { countFlips, exactMcNemar, power, seededRandom, wilson } from "./paired.ts";

console.log(
  `一、两版提示，同样的 ${cases.length} 条留言（回答来自脚本模型：它照提示里的规则逐字对，不是语言模型）`,
);
const [before, after] = [
  await run("triage-v1", ruleReader(), cases),
  await run("triage-v2", ruleReader(), cases),
];
console.table(
  [before, after].map(({ name, hash, accuracy, results }) => {
    const right = results.filter((result) => result.right).length;
    const [low, high] = wilson(right, results.length);
    return {
      提示: name,
      哈希: hash,
      答对: `${right}/${results.length}`,
      正确率: accuracy.toFixed(3),
      "95% 区间": `${low.toFixed(2)}–${high.toFixed(2)}`,
    };
  }),
);

console.log("二、逐条对照：平均分之外，看翻转");
const rights = (results: typeof before.results): boolean[] => results.map(({ right }) => right);
const flips = countFlips(rights(before.results), rights(after.results));
for (const [i, result] of after.results.entries()) {
  const old = before.results[i]!;
  if (old.right !== result.right)
    console.log(`  ${result.right ? "修好" : "弄坏"}  ${old.answer} → ${result.answer}  ${result.message}`);
}
const p = exactMcNemar(flips);
console.log(`  修好 ${flips.fixed} 条，弄坏 ${flips.broken} 条；精确 McNemar 检验 p = ${p.toFixed(4)}`);
assert.ok(flips.fixed > flips.broken && flips.broken > 0, "第 2 版应当修好得更多，但也有退步");
assert.ok(p < 0.05);
assert.notEqual(before.hash, after.hash);

console.log("\n三、要多少条用例才看得出来（真实的改进：修好的题比弄坏的多 5 个百分点）");
const random = seededRandom(1947);
const rows = [40, 100, 200, 400, 800].map((count) => ({
  用例数: count,
  "修好 6%、弄坏 1%": power(0.06, 0.01, count, 1000, random),
  "修好 15%、弄坏 10%": power(0.15, 0.1, count, 1000, random),
  "两版一样（各 8%）": power(0.08, 0.08, count, 1000, random),
}));
console.table(rows);
assert.ok(rows[0]!["修好 6%、弄坏 1%"] < 0.3, "40 条太少");
assert.ok(rows[3]!["修好 6%、弄坏 1%"] > 0.9);
assert.ok(
  rows.every((row) => row["两版一样（各 8%）"] < 0.05),
  "两版一样时不应当常常判为更好",
);

console.log("\n全部检查通过。");
