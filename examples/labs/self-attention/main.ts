/** Runs the whole lab, prints its tables and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { multiHeadAttention } from "./attention.ts";
import { bruteForceAttention } from "./brute-force.ts";
import { layerMultiplications, pairShare } from "./cost.ts";
import { type Counter, softmax } from "./matrix.ts";
import { randomMatrix, seededRandom } from "./random.ts";
import { type ReadOptions, readSentence, weightsOf } from "./read-pronoun.ts";
import { measureScaling } from "./scaling.ts";
import { embed, features, firstLayer, trophy } from "./sentence.ts";

const three = (value: number): string => value.toFixed(3);
const small = trophy.map((token) => (token === "大" ? "小" : token));
const swapped = trophy.map((token) => ({ 奖杯: "箱子", 箱子: "奖杯" })[token] ?? token);
const it = trophy.indexOf("它");

console.log("\n一、句子和它的特征");
console.table(
  Object.fromEntries(
    embed(trophy).map((row, i) => [
      trophy[i],
      Object.fromEntries(row.map((value, j) => [features[j], value])),
    ]),
  ),
);

console.log("二、手算一行：第一层头 B 里，「它」问「哪个形容词」");
const score = (4 * 3) / Math.sqrt(4);
const byHand = softmax(trophy.map((token) => (token === "大" ? score : 0)));
const reading = readSentence(trophy);
console.log(`分数：「大」(4 × 3) ÷ √4 = ${score}，其余为 0。`);
console.log(`权重：e⁶ ÷ (e⁶ + 7) = ${three(byHand[6]!)}，其余各 ${three(byHand[0]!)}。`);
console.log(`读回的尺寸：${three(reading.middle[it]![7]!)}`);
reading.first[1]![it]!.forEach((weight, i) => {
  assert.ok(Math.abs(weight - byHand[i]!) < 1e-12, "程序与手算不一致");
});

console.log("\n三、两层之后，「它」读的是谁");
const runs: [string, readonly string[], ReadOptions][] = [
  ["……因为它太大了", trophy, {}],
  ["……因为它太小了", small, {}],
  ["箱子放不进奖杯，因为它太大了", swapped, {}],
  ["去掉位置", trophy, { positions: false }],
  ["加因果掩码（看不到后面）", trophy, { causal: true }],
  ["第一层只用一个头", trophy, { heads: 1 }],
  ["去掉残差", trophy, { residual: false }],
];
const readings = runs.map(([name, tokens, options]) => ({ name, weights: weightsOf(tokens, "它", options) }));
console.table(
  Object.fromEntries(
    readings.map(({ name, weights }) => {
      const trophyWeight = weights.get("奖杯")!;
      const boxWeight = weights.get("箱子")!;
      return [
        name,
        { 奖杯: three(trophyWeight), 箱子: three(boxWeight), 其余: three(1 - trophyWeight - boxWeight) },
      ];
    }),
  ),
);
const lead = (index: number): number =>
  readings[index]!.weights.get("奖杯")! - readings[index]!.weights.get("箱子")!;
assert.ok(lead(0) > 0.8, "「大」应当指向奖杯");
assert.ok(lead(1) < -0.8, "「小」应当指向箱子");
assert.ok(lead(2) < -0.8, "交换两个物件，答案应当跟着交换");
assert.ok(Math.abs(lead(3)) < 1e-9, "没有位置就分不出谁在动词前面");
assert.ok(Math.abs(lead(4)) < 0.5, "看不到形容词就没有把握");
assert.ok(lead(5) < lead(0) - 0.1, "一个头要把两个问题平均掉");

console.log("四、与按定义逐个数计算的结果核对");
const random = seededRandom(1706);
let worst = 0;
for (let trial = 0; trial < 200; trial++) {
  const n = 1 + Math.floor(random() * 9);
  const heads = [1, 2, 4][trial % 3]!;
  const x = randomMatrix(n, 8, random);
  const [query, key, value, output] = [1, 2, 3, 4].map(() => randomMatrix(8, 8, random)) as [
    number[][],
    number[][],
    number[][],
    number[][],
  ];
  const layer = { query, key, value, output };
  const causal = trial % 2 === 0;
  const fast = multiHeadAttention(x, layer, heads, { causal });
  const slow = bruteForceAttention(x, layer, heads, causal);
  for (const [i, row] of fast.output.entries())
    for (const [j, value] of row.entries()) worst = Math.max(worst, Math.abs(value - slow.output[i]![j]!));
}
console.log(`200 组随机数，最大误差 ${worst.toExponential(1)}`);
assert.ok(worst < 1e-9, "与按定义的计算不一致");

console.log("\n五、不除以 √d 会怎样（8 个键，随机向量）");
const spreads = [4, 64, 1024].map((size) => measureScaling(size, 300, 7));
console.table(
  spreads.map((row) => ({
    维度: row.size,
    点积的标准差: row.deviation.toFixed(1),
    "最大权重，不除": three(row.largest),
    "最大权重，除": three(row.largestScaled),
    "斜率，不除": three(row.slope),
    "斜率，除": three(row.slopeScaled),
  })),
);
assert.ok(spreads.every((row) => Math.abs(row.deviation / Math.sqrt(row.size) - 1) < 0.1));
assert.ok(spreads[2]!.slope < spreads[2]!.slopeScaled / 5, "高维时不除应当饱和");

console.log("六、乘法次数：数出来的与公式算出来的");
for (const [n, heads] of [
  [8, 1],
  [8, 2],
  [16, 2],
  [32, 2],
] as const) {
  const counter: Counter = { multiplications: 0 };
  multiHeadAttention(randomMatrix(n, 8, random), firstLayer, heads, { counter });
  const { projections, pairs } = layerMultiplications(n, 8);
  console.log(
    `n = ${String(n).padStart(2)}，${heads} 个头：数出 ${counter.multiplications}，公式 ${projections} + ${pairs}`,
  );
  assert.equal(counter.multiplications, projections + pairs);
}

console.log("\n七、成对计算占一层的多少（d = 12,288，与 GPT-3 相同）");
console.table(
  [2_048, 8_192, 32_768, 73_728, 131_072, 1_048_576].map((n) => ({
    上下文: n.toLocaleString("en"),
    每头的权重个数: (n * n).toExponential(1),
    成对部分的占比: `${(100 * pairShare(n, 12_288)).toFixed(1)}%`,
  })),
);
assert.ok(Math.abs(pairShare(73_728, 12_288) - 0.5) < 1e-12);

console.log("\n全部检查通过。");
