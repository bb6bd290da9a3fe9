/** Runs the whole lab, prints its tables and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { addOneBigramPerplexity } from "./by-hand.ts";
import { readSentences, split, tinyCorpus } from "./corpus.ts";
import { NgramModel, type Smoothing } from "./ngram.ts";
import { seededRandom } from "./random.ts";

const words = (sentence: string): string[] => sentence.split(" ");

console.log("\n一、五个句子上的二元模型，数字可以手算");
const counted = new NgramModel(tinyCorpus, 2);
const smoothed = new NgramModel(tinyCorpus, 2, "add-one");
const sentences = ["小猫 在 沙发 上 睡觉", "小狗 喜欢 地毯", "地毯 喜欢 小狗"];
console.table(
  Object.fromEntries(
    sentences.map((sentence) => [
      sentence,
      {
        不平滑的概率: Math.exp(counted.logProbability(words(sentence))).toPrecision(3),
        加一平滑的概率: Math.exp(smoothed.logProbability(words(sentence))).toExponential(2),
        加一平滑的困惑度: smoothed.perplexity([words(sentence)]).toFixed(2),
      },
    ]),
  ),
);
close(Math.exp(counted.logProbability(words(sentences[0]!))), 0.05);
close(counted.perplexity([words(sentences[0]!)]), 0.05 ** (-1 / 6));
assert.equal(counted.logProbability(words(sentences[1]!)), Number.NEGATIVE_INFINITY);
close(Math.exp(smoothed.logProbability(words(sentences[1]!))), 3 / 17 / 14 / 13 / 13);

console.log("\n二、检查：概率之和是 1，困惑度与另一种算法一致");
for (const smoothing of ["add-one", "witten-bell", "kneser-ney"] as const) {
  const model = new NgramModel(tinyCorpus, 3, smoothing);
  for (const context of [
    ["<s>", "<s>"],
    ["<s>", "小猫"],
    ["小狗", "在"],
    ["没有", "见过"],
  ])
    close(total(model, context), 1);
  console.log(`${smoothing}：四种上下文（含没见过的）下，${model.vocabulary.size} 个词的概率之和都是 1`);
}
const other = addOneBigramPerplexity(tinyCorpus, sentences.map(words));
close(smoothed.perplexity(sentences.map(words)), other);
console.log(`三句话合在一起，加一平滑的困惑度 ${other.toFixed(4)}，两种算法一致`);

console.log("\n三、本课程的正文，按字建模：n 和平滑方法怎样影响测试困惑度");
const folder = fileURLToPath(new URL("../../../docs/course", import.meta.url));
const { training, test } = split(await readSentences(folder));
const methods: Smoothing[] = ["none", "add-one", "witten-bell", "kneser-ney"];
const table = Object.fromEntries(
  methods.map((smoothing) => [
    smoothing,
    [1, 2, 3].map((n) => new NgramModel(training, n, smoothing, { unknown: true }).perplexity(test)),
  ]),
);
console.log(`训练 ${training.flat().length} 个字，测试 ${test.flat().length} 个字`);
console.table(
  Object.fromEntries(
    methods.map((method) => [
      method,
      Object.fromEntries(table[method]!.map((value, i) => [`n = ${i + 1}`, readable(value)])),
    ]),
  ),
);
const [addOne, wittenBell, kneserNey] = [table["add-one"]!, table["witten-bell"]!, table["kneser-ney"]!];
assert.equal(table.none![1], Number.POSITIVE_INFINITY, "不平滑时，一个没见过的组合就让困惑度无穷大");
assert.ok(addOne[2]! > addOne[1]!, "加一平滑：n 从 2 到 3 反而变差");
assert.ok(wittenBell[1]! < wittenBell[0]! && kneserNey[2]! < kneserNey[0]!, "用上下文应当更好");
assert.ok(wittenBell[2]! < wittenBell[1]! && kneserNey[2]! < kneserNey[1]!, "插值之后，三元应当好于二元");
assert.ok(kneserNey[2]! < wittenBell[2]! && wittenBell[2]! < addOne[2]!, "插值的平滑应当更好");

console.log("\n四、让三元模型自己写三句");
const writer = new NgramModel(training, 3, "witten-bell");
const random = seededRandom(11);
const written = Array.from({ length: 200 }, () => writer.sample(random).join(""));
for (const sentence of written.filter(({ length }) => length > 15 && length < 40).slice(0, 3))
  console.log(`　${sentence}`);

console.log("\n全部检查通过。");

function total(model: NgramModel, context: string[]): number {
  return [...model.vocabulary].reduce((sum, word) => sum + model.probability(context, word), 0);
}

function readable(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : "无穷大";
}

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${actual} ≠ ${expected}`);
}
