/** A keyword list and a vector list, joined in two ways; then a choice that avoids saying the same thing twice. */
import assert from "node:assert/strict";
import { type RetrievalReport, reciprocalRankFusion } from "@zixue/rag";
import { fuseByRank } from "./fusion.ts";
import { readMaterial } from "./material.ts";
import { complement, evaluate, measureMmr, tuneWeight, waysOf, withOldCopies } from "./measure.ts";
import { openBothSides } from "./search.ts";

const keywordList = ["A", "B", "C", "D"].map((id, i) => ({ id, score: 10 - i }));
const vectorList = ["C", "E", "A", "F"].map((id, i) => ({ id, score: 0.9 - i / 10 }));
console.log("一、手算一次倒数排名融合（k = 60）");
for (const { id, score } of fuseByRank([keywordList, vectorList]))
  console.log(`  ${id}\t${score.toFixed(5)}`);
assert.deepEqual(
  fuseByRank([keywordList, vectorList]),
  reciprocalRankFusion([{ hits: keywordList }, { hits: vectorList }]),
  "应当与 @zixue/rag 的 reciprocalRankFusion 相同",
);

const { chunks, concepts, questions, paraphrased } = await readMaterial();
const sides = await openBothSides(chunks, concepts);
const ways = waysOf(sides);
console.log(`\n二、${chunks.length} 个块，向量有 ${concepts.length} 维（每一维是词汇表里的一条定义）`);
const [same, other] = [await complement(questions, sides), await complement(paraphrased, sides)];
console.log("前 5 名里有相关块的问题\t两边都有\t只有关键词\t只有向量\t都没有");
for (const [name, counts] of [
  ["本节问题", same],
  ["换一种说法", other],
] as const)
  console.log(`  ${name}\t${counts.both}\t${counts.keywordOnly}\t${counts.vectorOnly}\t${counts.neither}`);
assert.ok(same.vectorOnly + other.vectorOnly > 0, "向量一侧应当补上关键词漏掉的问题");

console.log(`\n三、融合（${questions.queries.length} 种问法；权重在一半问题上选，两半分开报告）`);
const { weight, report: tuned } = await tuneWeight(questions, sides, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
const rows: [string, RetrievalReport][] = [
  ["只用关键词", await evaluate(questions, ways.keyword)],
  ["只用向量", await evaluate(questions, ways.vector)],
  ["倒数排名融合", await evaluate(questions, ways.rrf)],
  [`加权融合（关键词 ${weight}）`, tuned],
];
console.log("做法\trecall@5\tMRR@10\tnDCG@10\t选权重的一半\t另一半");
for (const [name, { recallAt5, mrrAt10, ndcgAt10, halves }] of rows) {
  const figures = [recallAt5, mrrAt10, ndcgAt10, halves[0].ndcgAt10, halves[1].ndcgAt10];
  console.log(`${name}\t${figures.map((value) => value.toFixed(3)).join("\t")}`);
}
const [keyword, vector, rrf] = rows.map(([, report]) => report);
assert.ok(vector!.mrrAt10 < keyword!.mrrAt10, "这里的向量一侧比关键词一侧弱");
assert.ok(rrf!.mrrAt10 < keyword!.mrrAt10, "与弱的一侧平分票数，倒数排名融合会变差");
assert.ok(tuned.ndcgAt10 > rrf!.ndcgAt10, "按分数加权并选好权重，应当好于平分");
assert.ok(tuned.recallAt5 > keyword!.recallAt5, "加权融合应当找回更多相关的块");

console.log(`\n换一种说法的 ${paraphrased.queries.length} 个问题（太少，只作例子）`);
for (const [name, way] of Object.entries(ways)) {
  const { recallAt5, mrrAt10 } = await evaluate(paraphrased, way);
  console.log(`  ${name}\trecall@5 ${recallAt5.toFixed(1)}\tMRR@10 ${mrrAt10.toFixed(3)}`);
}

console.log("\n四、最大边际相关：资料里每块都有一份旧版时");
const doubled = withOldCopies(chunks);
console.log("λ\t所选 5 块的平均相似度\trecall@5");
const results = new Map<number, { likeness: number; recall: number }>();
for (const lambda of [1, 0.9, 0.7, 0.5, 0.3]) {
  const result = await measureMmr(doubled, questions, lambda);
  results.set(lambda, result);
  console.log(`${lambda}\t${result.likeness.toFixed(3)}\t${result.recall.toFixed(3)}`);
}
const alone = await measureMmr(chunks, questions, 1);
const spread = await measureMmr(chunks, questions, 0.5);
console.log(`没有旧版，1\t${alone.likeness.toFixed(3)}\t${alone.recall.toFixed(3)}`);
console.log(`没有旧版，0.5\t${spread.likeness.toFixed(3)}\t${spread.recall.toFixed(3)}`);
assert.ok(results.get(0.7)!.likeness < results.get(1)!.likeness / 2, "λ = 0.7 应当去掉一半以上的重复");
assert.ok(results.get(0.7)!.recall > results.get(1)!.recall, "腾出的位置应当找回更多相关的块");
console.log("\n全部检查通过。");
