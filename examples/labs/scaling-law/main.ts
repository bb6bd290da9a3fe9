/** Runs the whole lab, prints its tables and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { fitPowerLaw, fitScalingLaw } from "./fit.ts";
import { computeOptimal, EPOCH_2024, extrapolate, HOFFMANN_2022, loss, trainingFlops } from "./law.ts";
import { readParagraphs } from "./ngram.ts";
import { dataCurve } from "./ngram-curve.ts";
import { exactMatch, perTokenAccuracy } from "./rulers.ts";
import { geometric, simulateRuns } from "./runs.ts";

const readable = (value: number): string => value.toExponential(2);

console.log("\n一、从 100 次带噪声的训练里找回五个常数");
const truth = HOFFMANN_2022;
const runs = simulateRuns(truth, 0.01, 20260);
const fitted = fitScalingLaw(runs);
console.table({ 真值: truth, 拟合: fitted });
assert.ok(Math.abs(fitted.alpha - truth.alpha) < 0.02, `alpha 偏离真值：${fitted.alpha}`);
assert.ok(Math.abs(fitted.beta - truth.beta) < 0.02, `beta 偏离真值：${fitted.beta}`);
assert.ok(Math.abs(fitted.E - truth.E) < 0.05, `E 偏离真值：${fitted.E}`);

console.log("\n二、双对数图上的直线：最优参数量随算力的指数");
const budgets = geometric(1e19, 1e25, 7);
const exponent = (law: typeof truth): number =>
  fitPowerLaw(budgets.map((x) => ({ x, y: computeOptimal(law, x).parameters }))).slope;
console.table({
  "Hoffmann 2022 的常数": { "N ∝ C^a,a =": exponent(HOFFMANN_2022).toFixed(3) },
  "Besiroglu 2024 重新拟合": { "N ∝ C^a,a =": exponent(EPOCH_2024).toFixed(3) },
  "Kaplan 2020（论文给出）": { "N ∝ C^a,a =": "0.730" },
});
assert.ok(Math.abs(exponent(EPOCH_2024) - 0.5) < 0.02);

console.log("\n三、同样的算力，三种花法（损失按 Besiroglu 2024 的常数计算）");
const gpt3 = { parameters: 175e9, tokens: 300e9 };
const start = computeOptimal(EPOCH_2024, 1e20);
const budget = trainingFlops(gpt3);
const splits = {
  "GPT-3 的实际分配": gpt3,
  "Kaplan：从 1e20 按 0.73 外推": extrapolate(start, budget, 0.73),
  "Chinchilla：计算最优": computeOptimal(EPOCH_2024, budget),
};
console.log(`预算 ${readable(budget)} FLOPs`);
console.table(
  Object.fromEntries(
    Object.entries(splits).map(([name, split]) => [
      name,
      {
        参数: readable(split.parameters),
        token: readable(split.tokens),
        "token/参数": (split.tokens / split.parameters).toFixed(1),
        损失: loss(EPOCH_2024, split.parameters, split.tokens).toFixed(4),
      },
    ]),
  ),
);
const [actual, kaplan, best] = Object.values(splits).map((s) => loss(EPOCH_2024, s.parameters, s.tokens));
assert.ok(best! < actual! && best! < kaplan!, "计算最优的分配应当损失最小");

console.log("\n四、同一批模型，两把尺子");
const sizes = geometric(1e8, 1e12, 9);
const rulers = sizes.map((size) => {
  const p = perTokenAccuracy(size);
  return {
    参数: readable(size),
    "单个 token 正确率": p.toFixed(3),
    "10 个 token 全对": exactMatch(p, 10).toFixed(3),
  };
});
console.table(rulers);
assert.ok(exactMatch(0.5, 10) < 0.001 && exactMatch(0.95, 10) > 0.59);

console.log("\n五、真跑一次：字符三元模型，训练文本每次翻倍");
const folder = fileURLToPath(new URL("../../../docs/course", import.meta.url));
const curve = dataCurve(await readParagraphs(folder));
console.table(
  curve.map(({ characters, loss }) => ({ 训练字数: characters, "测试损失（nat/字）": loss.toFixed(3) })),
);
const { slope } = fitPowerLaw(curve.map(({ characters, loss }) => ({ x: characters, y: loss })));
console.log(`双对数斜率 ${slope.toFixed(3)}：文本每翻一倍，损失乘以 ${(2 ** slope).toFixed(3)}`);
for (let i = 1; i < curve.length; i++)
  assert.ok(curve[i]!.loss < curve[i - 1]!.loss, "数据翻倍后损失应当下降");

console.log("\n全部检查通过。");
