import { evaluateRefusal, ndcgAtK, recallAtK, reciprocalRank } from "@zixue/rag";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeWith } from "../judge.ts";
import { courseDataset } from "../material.ts";
import { ndcgAt, recallAt, reciprocalRankAt } from "../metrics-by-hand.ts";
import { offTopic } from "../off-topic.ts";

describe("metrics by hand", () => {
  it("are those of @zixue/rag", () => {
    const ids = fc.constantFrom(..."ABCDEFGHIJ");
    fc.assert(
      fc.property(
        fc.uniqueArray(ids),
        fc.uniqueArray(ids, { minLength: 1 }),
        fc.integer({ min: 1, max: 10 }),
        (ranking, relevant, k) => {
          const [set, grades] = [new Set(relevant), new Map(relevant.map((id) => [id, 1]))];
          expect(recallAt(ranking, set, k)).toBeCloseTo(recallAtK(ranking, grades, k), 12);
          expect(reciprocalRankAt(ranking, set, k)).toBeCloseTo(reciprocalRank(ranking, grades, k), 12);
          expect(ndcgAt(ranking, set, k)).toBeCloseTo(ndcgAtK(ranking, grades, k), 12);
        },
      ),
    );
  });
});

describe("the course's question bank", () => {
  it("gives every wording a relevant chunk, and unrelated questions less familiarity than nearly all of them", async () => {
    const { index, dataset } = await courseDataset();
    for (const { id, text } of dataset.queries) expect(dataset.qrels.get(id)?.size, text).toBeGreaterThan(0);
    const { auc, refused, falseRefusals } = await evaluateRefusal(
      { answerable: dataset.queries.map(({ text }) => text), unanswerable: offTopic.unrelated },
      judgeWith(index),
    );
    expect(auc).toBeGreaterThan(0.95);
    expect(refused).toBeGreaterThan(0.8);
    expect(falseRefusals).toBeLessThan(0.1);
    await index.close();
  });

  it("has no question twice among those that it does not answer", async () => {
    const { index, dataset } = await courseDataset();
    const all = [...Object.values(offTopic).flat(), ...dataset.queries.map(({ text }) => text)];
    expect(new Set(all).size).toBe(all.length);
    await index.close();
  });
});
