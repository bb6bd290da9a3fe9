import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Chunk,
  maximalMarginalRelevance,
  packContext,
  reciprocalRankFusion,
  weightedFusion,
} from "../src/index.ts";

const hits = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      score: fc.double({ min: -5, max: 50, noNaN: true }),
    }),
    {
      selector: (hit) => hit.id,
      maxLength: 12,
    },
  )
  .map((list) => list.sort((a, b) => b.score - a.score));
const lists = fc.array(fc.record({ hits, weight: fc.double({ min: 0.1, max: 3, noNaN: true }) }), {
  maxLength: 4,
});

describe.each([
  ["reciprocalRankFusion", reciprocalRankFusion],
  ["weightedFusion", weightedFusion],
])("%s", (_name, fuse) => {
  it("gives every hit once, best first, with finite scores", () => {
    fc.assert(
      fc.property(lists, (given) => {
        const fused = fuse(given);
        expect(new Set(fused.map((hit) => hit.id))).toEqual(
          new Set(given.flatMap((list) => list.hits.map((hit) => hit.id))),
        );
        expect(fused.length).toBe(new Set(fused.map((hit) => hit.id)).size);
        fused.forEach((hit, index) => {
          expect(Number.isFinite(hit.score)).toBe(true);
          expect(hit.score).toBeLessThanOrEqual(fused[index - 1]?.score ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it("puts a hit that leads every list first", () => {
    fc.assert(
      fc.property(lists, (given) => {
        const led = given.map((list) => ({ ...list, hits: [{ id: "winner", score: 100 }, ...list.hits] }));
        if (led.length > 0) expect(fuse(led)[0]?.id).toBe("winner");
      }),
    );
  });

  it("does not depend on the order of the lists", () => {
    fc.assert(
      fc.property(lists, (given) => {
        const scores = new Map(fuse(given).map((hit) => [hit.id, hit.score]));
        for (const hit of fuse([...given].reverse()))
          expect(hit.score).toBeCloseTo(scores.get(hit.id) ?? Number.NaN, 9);
      }),
    );
  });
});

describe("maximalMarginalRelevance", () => {
  it("chooses distinct candidates, as many as asked for and there are", () => {
    fc.assert(
      fc.property(
        hits,
        fc.integer({ min: 0, max: 15 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, limit, lambda) => {
          const chosen = maximalMarginalRelevance(given, {
            limit,
            lambda,
            relevance: (hit) => hit.score / 50,
            similarity: (a, b) => (a.id[0] === b.id[0] ? 1 : 0),
          });
          expect(chosen).toHaveLength(Math.min(limit, given.length));
          expect(new Set(chosen).size).toBe(chosen.length);
          if (limit > 0 && given.length > 0 && lambda > 0.01) expect(chosen[0]?.score).toBe(given[0]?.score);
        },
      ),
    );
  });

  it("keeps the order at lambda 1 and prefers what is different below", () => {
    const given = [
      { id: "a1", score: 1 },
      { id: "a2", score: 0.9 },
      { id: "b", score: 0.8 },
    ];
    const choose = (lambda: number) =>
      maximalMarginalRelevance(given, {
        limit: 2,
        lambda,
        relevance: (hit) => hit.score,
        similarity: (a, b) => (a.id[0] === b.id[0] ? 1 : 0),
      }).map((hit) => hit.id);
    expect(choose(1)).toEqual(["a1", "a2"]);
    expect(choose(0.5)).toEqual(["a1", "b"]);
  });
});

describe("packContext", () => {
  const blocks = fc.array(fc.array(fc.stringMatching(/^[一-龥]{1,40}$/), { minLength: 1, maxLength: 5 }), {
    maxLength: 6,
  });

  it("keeps within the budget, whole blocks only, numbered from 1, each once", () => {
    fc.assert(
      fc.property(blocks, fc.integer({ min: 0, max: 300 }), (texts, budget) => {
        const chunks = texts.map((parts, ordinal) => chunk(ordinal, parts));
        const packed = packContext(chunks, { budget, countTokens: (text) => text.length });
        expect(packed.reduce((sum, source) => sum + source.text.length, 0)).toBeLessThanOrEqual(budget);
        packed.forEach((source, index) => {
          expect(source.marker).toBe(index + 1);
          expect(source.text.startsWith(`[${index + 1}] `)).toBe(true);
          expect(texts.flat()).toContain(source.block.text);
        });
        expect(new Set(packed.map((source) => source.block.blockId)).size).toBe(packed.length);
      }),
    );
  });

  it("takes what must come first even when it ranks last", () => {
    const chunks = [chunk(0, ["甲".repeat(50)]), chunk(1, ["乙".repeat(50)])];
    const packed = packContext(chunks, {
      budget: 70,
      countTokens: (text) => text.length,
      first: new Set(["d#1-0"]),
    });
    expect(packed.map((source) => source.block.text)).toEqual(["乙".repeat(50)]);
  });

  function chunk(ordinal: number, parts: readonly string[]): Chunk {
    const blockIds = parts.map((_, index) => `d#${ordinal}-${index}`);
    let start = 0;
    const spans = parts.map((part, index) => {
      const span = { blockId: blockIds[index] ?? "", kind: "paragraph" as const, start };
      start += part.length + 2;
      return span;
    });
    const text = parts.join("\n\n");
    return {
      ...{ id: `d@${ordinal}`, documentId: "d", title: "标题", headingPath: [], blockIds, text, spans },
      ...{ start: 0, end: text.length, ordinal, tokens: 0, metadata: {} },
    };
  }
});
