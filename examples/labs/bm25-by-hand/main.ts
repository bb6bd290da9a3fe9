/** BM25 step by step on five sentences, then the checks. */
import assert from "node:assert/strict";
import { Bm25, tokensOf } from "./bm25.ts";
import { scoresByCounting } from "./brute-force.ts";
import { question, sentences } from "./sentences.ts";
import { scoresByFields, scoresByMemoryIndex } from "./three-fields.ts";

const index = new Bm25(sentences);
const terms = tokensOf(question);

console.log(`问题「${question}」切成：${terms.join("、")}`);
for (const term of terms) {
  const having = sentences.filter((text) => tokensOf(text).includes(term)).length;
  console.log(`  ${term}\t出现在 ${having} 句里\tidf = ${index.idf(term).toFixed(3)}`);
}
console.log(`平均长度 ${index.meanLength.toFixed(1)} 个词。\n`);
console.log(`分数\t${terms.join("\t")}\t长度\t句子`);
for (const { document, score } of index.search(question, 5)) {
  const parts = terms.map((term) => index.contribution(term, document).toFixed(3));
  console.log(
    `${score.toFixed(3)}\t${parts.join("\t")}\t${index.lengthOf(document)}\t${sentences[document]}`,
  );
}

const counted = scoresByCounting(sentences, question);
for (const { document, score } of index.search(question, 5))
  assert.ok(Math.abs(score - counted[document]!) < 1e-12, "两种算法的分数应当相同");
console.log("\n与不用索引、直接数的算法相比：分数相同，误差小于 1e-12。");

console.log("\n词频为什么会饱和（长度等于平均值，idf = 1）");
for (const tf of [1, 2, 4, 8, 16]) {
  const gain = (k1: number) => ((tf * (k1 + 1)) / (tf + k1)).toFixed(2);
  console.log(`  出现 ${tf} 次\tk1 = 0.9 → ${gain(0.9)}\tk1 = 1.2 → ${gain(1.2)}\tk1 = 2 → ${gain(2)}`);
}

console.log("\n三个字段的算法与 @zixue/rag 的 MemoryIndex");
for (const asked of [question, "什么是召回率", "汽车为什么要召回", "模型怎样编造内容"]) {
  const ours = scoresByFields(sentences, asked);
  const theirs = await scoresByMemoryIndex(sentences, asked);
  ours.forEach((score, document) => {
    assert.ok(Math.abs(score - theirs[document]!) < 1e-5 * Math.max(1, score), `「${asked}」的分数应当相同`);
  });
  const order = ours.map((score, document) => ({ score, document })).sort((x, y) => y.score - x.score);
  const shown = order
    .filter(({ score }) => score > 0)
    .map(({ score, document }) => `${document + 1}（${score.toFixed(2)}）`);
  console.log(`  ${asked} → 第 ${shown.join("、")} 句`);
}
console.log("\n全部检查通过。");
