/** Two exams for one index: does it find what it should, and does it decline what it should? */
import assert from "node:assert/strict";
import { DEFAULT_THRESHOLDS, evaluateRefusal, evaluateRetrieval, fitThresholds } from "@zixue/rag";
import { judgeWith } from "./judge.ts";
import { courseDataset } from "./material.ts";
import { ndcgAt, recallAt, reciprocalRankAt } from "./metrics-by-hand.ts";
import { type Kind, offTopic } from "./off-topic.ts";

console.log("一、手算一次：结果 A B C D E，相关的是 B 和 E");
const [ranking, relevant] = [[..."ABCDE"], new Set(["B", "E"])];
console.log(`  recall@1 ${recallAt(ranking, relevant, 1)}，recall@5 ${recallAt(ranking, relevant, 5)}`);
console.log(
  `  倒数排名 ${reciprocalRankAt(ranking, relevant, 10)}，nDCG@10 ${ndcgAt(ranking, relevant, 10).toFixed(3)}`,
);

const { index, dataset } = await courseDataset();
const rankings = new Map<string, readonly string[]>();
const report = await evaluateRetrieval(dataset, async (text, limit) => {
  const ids = (await index.search({ text, limit })).keyword.map(({ chunk }) => chunk.id);
  rankings.set(text, ids);
  return ids;
});
console.log(`\n二、检索：${dataset.queries.length} 种问法，${dataset.corpus.length} 个块`);
console.log("recall@1\trecall@5\trecall@10\tMRR@10\tnDCG@10");
const { recallAt1, recallAt5, recallAt10, mrrAt10, ndcgAt10 } = report;
console.log(
  [recallAt1, recallAt5, recallAt10, mrrAt10, ndcgAt10].map((value) => value.toFixed(3)).join("\t"),
);

const byHand = dataset.queries.map(({ id, text }) => {
  const wanted = new Set(dataset.qrels.get(id)!.keys());
  const ids = rankings.get(text)!;
  return [recallAt(ids, wanted, 5), reciprocalRankAt(ids, wanted, 10), ndcgAt(ids, wanted, 10)];
});
const mean = (column: number) => byHand.reduce((sum, row) => sum + row[column]!, 0) / byHand.length;
[recallAt5, mrrAt10, ndcgAt10].forEach((value, column) => {
  assert.ok(Math.abs(value - mean(column)) < 1e-12, "应当与手写的指标相同");
});
const most = dataset.queries.map(({ id }) => dataset.qrels.get(id)!.size);
const perfect = most.reduce((sum, size) => sum + 1 / size, 0) / most.length;
console.log(
  `每题平均有 ${(most.reduce((a, b) => a + b, 0) / most.length).toFixed(1)} 个相关块，所以 recall@1 最高也只能是 ${perfect.toFixed(3)}。`,
);
assert.ok(mrrAt10 > 0.7, "MRR@10 应当高于 0.7");

console.log(`\n三、拒答：门槛取默认的 ${DEFAULT_THRESHOLDS.refuse}`);
const answerable = dataset.queries.map(({ text }) => text);
const names: Readonly<Record<Kind, string>> = { unrelated: "无关", sharedWords: "沾边", nearMiss: "近似" };
console.log("题目\t题数\tAUC\t拒答率\t误拒率");
for (const [kind, questions] of Object.entries(offTopic) as [Kind, readonly string[]][]) {
  const { auc, refused, falseRefusals } = await evaluateRefusal(
    { answerable, unanswerable: questions },
    judgeWith(index),
  );
  console.log(
    `${names[kind]}\t${questions.length}\t${auc.toFixed(3)}\t${(100 * refused).toFixed(0)}%\t${(100 * falseRefusals).toFixed(1)}%`,
  );
  if (kind === "unrelated") assert.ok(auc > 0.95 && refused > 0.8, "无关的问题应当大多被拒绝");
  if (kind === "nearMiss") assert.ok(refused < 0.5, "只看字面，近似的问题大多拒不掉");
}

console.log("\n四、门槛怎样选：允许误拒多少，就能拒掉多少");
const judge = judgeWith(index);
const known: number[] = [];
for (const question of answerable) known.push((await judge(question)).familiarity);
const others = Object.values(offTopic).flat();
console.log("允许误拒\t门槛\t实际误拒\t拒掉的不可答问题");
for (const falseRefusals of [0.01, 0.02, 0.05, 0.1]) {
  const thresholds = fitThresholds(known, { falseRefusals });
  const result = await evaluateRefusal({ answerable, unanswerable: others }, judgeWith(index, thresholds));
  console.log(
    `${100 * falseRefusals}%\t${thresholds.refuse.toFixed(3)}\t${(100 * result.falseRefusals).toFixed(1)}%\t${(100 * result.refused).toFixed(0)}%`,
  );
  assert.ok(result.falseRefusals <= falseRefusals + 0.02, "误拒率应当与允许的相近");
}
await index.close();
console.log("\n全部检查通过。");
