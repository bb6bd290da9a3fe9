/** Runs the whole lab, prints its tables and exits with 1 when a result is not what the chapter says. */
import assert from "node:assert/strict";
import { groups, makeSentences } from "./corpus.ts";
import { cosine, nearest } from "./neighbours.ts";
import { seededRandom } from "./random.ts";
import { createModel, type Model, pairGradient, pairLoss, train } from "./skip-gram.ts";
import { buildVocabulary } from "./vocabulary.ts";

const random = seededRandom(2013);
const sentences = makeSentences(1500, random);
const vocabulary = buildVocabulary(sentences);
const model = createModel(vocabulary.words.length, 12, random);
const vectorOf = (word: string, from: Model = model) => from.center[vocabulary.idOf.get(word)!]!;
const similarity = (a: string, b: string): number => cosine(vectorOf(a), vectorOf(b));

console.log("\n一、文本：1,500 个由模板造出的句子，例如");
for (const sentence of sentences.slice(0, 4)) console.log(`　${sentence.join(" ")}`);
console.log(`词表 ${vocabulary.words.length} 个词，向量 12 维；one-hot 则要 ${vocabulary.words.length} 维`);

console.log("\n二、检查梯度：解析的梯度与数值差分");
const worst = gradientError(model);
console.log(`最大相差 ${worst.toExponential(1)}`);
assert.ok(worst < 1e-7, "梯度与差分不符");

console.log("\n三、训练");
const untrained: Model = { ...model, center: model.center.map((vector) => vector.slice()) };
const losses = train(model, sentences, vocabulary, {
  epochs: 8,
  window: 3,
  negatives: 5,
  rate: 0.08,
  random,
});
console.log(`每一轮的平均损失：${losses.map((loss) => loss.toFixed(2)).join(" → ")}`);
assert.ok(losses.at(-1)! < losses[0]! - 0.2, "损失应当下降");

console.log("\n四、最近的邻居");
for (const word of ["小猫", "睡觉", "香蕉", "微软", "北京"]) {
  const near = nearest(model.center, vocabulary, vectorOf(word), 3, [word]);
  console.log(`　${word}：${near.map((n) => `${n.word} ${n.similarity.toFixed(2)}`).join("，")}`);
}
const [before, after] = [inGroup(untrained), inGroup(model)];
console.log(`最近的邻居属于同一组的词：训练前 ${percent(before)}，训练后 ${percent(after)}`);
assert.ok(before < 0.4 && after > 0.9, "训练之后，近义词应当成为邻居");

console.log("\n五、一个词只有一个向量：「苹果」夹在水果和公司之间");
const toFruit = (word: string): number => meanSimilarity(word, groups.水果);
const toCompany = (word: string): number => meanSimilarity(word, groups.公司);
console.table(
  Object.fromEntries(
    ["香蕉", "苹果", "微软"].map((word) => [
      word,
      { 与水果的平均相似度: toFruit(word).toFixed(2), 与公司的平均相似度: toCompany(word).toFixed(2) },
    ]),
  ),
);
assert.ok(toFruit("香蕉") > toFruit("苹果") && toFruit("苹果") > toFruit("微软"));
assert.ok(toCompany("微软") > toCompany("苹果") && toCompany("苹果") > toCompany("香蕉"));

console.log("\n全部检查通过。");

/** The largest difference between the gradient and central differences, over every number of one training pair. */
function gradientError(of: Model): number {
  const [center, context, negatives] = [3, 7, [1, 9, 12]] as const;
  const gradient = pairGradient(of, center, context, negatives);
  const checks = [
    { vector: of.center[center]!, gradient: gradient.center },
    ...gradient.neighbours.map((n) => ({ vector: of.context[n.word]!, gradient: n.gradient })),
  ];
  let largest = 0;
  for (const { vector, gradient: slope } of checks) {
    for (let d = 0; d < vector.length; d++) {
      const value = vector[d]!;
      const at = (shifted: number): number => {
        vector[d] = shifted;
        return pairLoss(of, center, context, negatives);
      };
      const difference = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
      vector[d] = value;
      largest = Math.max(largest, Math.abs(difference - slope[d]!));
    }
  }
  return largest;
}

/** How many of the grouped words (苹果 aside, which is in two) have a word of their group as nearest neighbour. */
function inGroup(of: Model): number {
  const all = Object.values(groups).flatMap((words) => words.map((word) => ({ word, words })));
  const checked = all.filter(({ word }) => word !== "苹果");
  const right = checked.filter(({ word, words }) => {
    const [first] = nearest(of.center, vocabulary, vectorOf(word, of), 1, [word]);
    return (words as readonly string[]).includes(first!.word);
  });
  return right.length / checked.length;
}

/** Mean similarity of a word to a group, without itself and without 苹果. */
function meanSimilarity(word: string, group: readonly string[]): number {
  const others = group.filter((other) => other !== word && other !== "苹果");
  return others.reduce((sum, other) => sum + similarity(word, other), 0) / others.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
