import { maximalMarginalRelevance, reciprocalRankFusion } from "@zixue/rag";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { ConceptVectors, cosine } from "../concept-vectors.ts";
import { chooseByMmr, jaccardOf, meanLikeness } from "../diversity.ts";
import { fuseByRank, fuseByScore } from "../fusion.ts";
import { type Material, readMaterial } from "../material.ts";
import { complement, evaluate, measureMmr, waysOf, withOldCopies } from "../measure.ts";
import { openBothSides } from "../search.ts";

const list = fc
  .uniqueArray(fc.constantFrom(..."ABCDEFGH"), { minLength: 1 })
  .map((ids) => ids.map((id, i) => ({ id, score: 10 - i })));

describe("fuseByRank", () => {
  it("gives what @zixue/rag gives", () => {
    fc.assert(
      fc.property(
        fc.array(list, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 100 }),
        (lists, k) => {
          const expected = reciprocalRankFusion(
            lists.map((hits) => ({ hits })),
            { k },
          );
          expect(fuseByRank(lists, k)).toEqual(expected);
        },
      ),
    );
  });

  it("does not change when the scores of a list are stretched", () => {
    const lists = ["ABC", "CAD"].map((ids) => [...ids].map((id, i) => ({ id, score: 3 - i })));
    const stretched = lists.map((hits) => hits.map(({ id, score }) => ({ id, score: score * 100 + 7 })));
    expect(fuseByRank(stretched)).toEqual(fuseByRank(lists));
  });
});

describe("fuseByScore", () => {
  it("keeps the distance between scores that ranks throw away", () => {
    const near = [
      { id: "A", score: 10 },
      { id: "B", score: 9.9 },
      { id: "C", score: 0 },
    ];
    const other = [
      { id: "B", score: 1 },
      { id: "C", score: 0.9 },
      { id: "A", score: 0 },
    ];
    expect(
      fuseByScore([
        { hits: near, weight: 0.5 },
        { hits: other, weight: 0.5 },
      ])[0]?.id,
    ).toBe("B");
  });
});

describe("chooseByMmr", () => {
  const texts = new Map([
    ["A", "召回率是找回来的比例"],
    ["A2", "召回率是找回来的比例。"],
    ["B", "精确率是找对的比例"],
  ]);
  const likeness = jaccardOf(texts);
  const hits = [...texts.keys()].map((id, i) => ({ id, score: 1 - i / 10 }));

  it("keeps the order at λ = 1 and passes over the copy at λ = 0.5", () => {
    expect(chooseByMmr(hits, 2, 1, likeness).map(({ id }) => id)).toEqual(["A", "A2"]);
    expect(chooseByMmr(hits, 2, 0.5, likeness).map(({ id }) => id)).toEqual(["A", "B"]);
    expect(meanLikeness(["A", "A2"], likeness)).toBeGreaterThan(meanLikeness(["A", "B"], likeness));
  });

  it("chooses what @zixue/rag chooses", () => {
    for (const lambda of [0.3, 0.6, 0.9]) {
      const expected = maximalMarginalRelevance(hits, {
        limit: 3,
        lambda,
        relevance: ({ score }) => score,
        similarity: (a, b) => likeness(a.id, b.id),
      });
      expect(chooseByMmr(hits, 3, lambda, likeness)).toEqual(expected);
    }
  });
});

describe("ConceptVectors", () => {
  it("bring texts without a common word together through a definition", () => {
    const model = new ConceptVectors(["幻觉 模型编造内容", "召回率 找回的比例", "切分 拆成小段"]);
    const [question, near, far] = ["为什么编造", "幻觉的原因", "切分的大小"].map((text) => model.embed(text));
    expect(cosine(question!, near!)).toBeGreaterThan(cosine(question!, far!));
    expect(model.embed("").every((value) => value === 0)).toBe(true);
  });
});

describe("on the course", () => {
  let material: Material;
  beforeAll(async () => {
    material = await readMaterial();
  });

  it("has a relevant chunk for every question", () => {
    for (const dataset of [material.questions, material.paraphrased])
      for (const { id, text } of dataset.queries)
        expect(dataset.qrels.get(id)?.size, text).toBeGreaterThan(0);
  });

  it("lets the vector side find what the keyword side misses, and the weaker side pull rank fusion down", async () => {
    const sides = await openBothSides(material.chunks, material.concepts);
    const [same, other] = [
      await complement(material.questions, sides),
      await complement(material.paraphrased, sides),
    ];
    expect(same.vectorOnly + other.vectorOnly).toBeGreaterThan(0);
    const ways = waysOf(sides);
    const keyword = await evaluate(material.questions, ways.keyword);
    const rrf = await evaluate(material.questions, ways.rrf);
    expect(rrf.mrrAt10).toBeLessThan(keyword.mrrAt10);
  });

  it("finds more with MMR when every chunk has an old copy", async () => {
    const doubled = withOldCopies(material.chunks);
    const [off, on] = [
      await measureMmr(doubled, material.questions, 1),
      await measureMmr(doubled, material.questions, 0.7),
    ];
    expect(on.likeness).toBeLessThan(off.likeness);
    expect(on.recall).toBeGreaterThan(off.recall);
  });
});
