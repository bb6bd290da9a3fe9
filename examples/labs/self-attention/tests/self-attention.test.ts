import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attention, type HeadWeights, multiHeadAttention } from "../attention.ts";
import { bruteForceAttention } from "../brute-force.ts";
import { layerMultiplications, pairShare } from "../cost.ts";
import { multiply, softmax } from "../matrix.ts";
import { randomMatrix, seededRandom } from "../random.ts";
import { weightsOf } from "../read-pronoun.ts";
import { measureScaling } from "../scaling.ts";
import { trophy } from "../sentence.ts";

function randomLayer(random: () => number): HeadWeights {
  const matrix = (): number[][] => randomMatrix(8, 8, random);
  return { query: matrix(), key: matrix(), value: matrix(), output: matrix() };
}

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  n: fc.integer({ min: 1, max: 7 }),
  heads: fc.constantFrom(1, 2, 4, 8),
  causal: fc.boolean(),
});

describe("multiHeadAttention", () => {
  it("agrees with the definition computed one scalar at a time", () => {
    fc.assert(
      fc.property(cases, ({ seed, n, heads, causal }) => {
        const random = seededRandom(seed);
        const x = randomMatrix(n, 8, random);
        const layer = randomLayer(random);
        const fast = multiHeadAttention(x, layer, heads, { causal });
        const slow = bruteForceAttention(x, layer, heads, causal);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < 8; j++) expect(fast.output[i]![j]).toBeCloseTo(slow.output[i]![j]!, 8);
          for (let h = 0; h < heads; h++)
            for (let j = 0; j < n; j++)
              expect(fast.weights[h]![i]![j]).toBeCloseTo(slow.weights[h]![i]![j]!, 8);
        }
      }),
    );
  });

  it("gives every token weights that are not negative and sum to 1", () => {
    fc.assert(
      fc.property(cases, ({ seed, n, heads, causal }) => {
        const random = seededRandom(seed);
        const { weights } = multiHeadAttention(randomMatrix(n, 8, random), randomLayer(random), heads, {
          causal,
        });
        for (const row of weights.flat()) {
          expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
          expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it("reorders its output as its input is reordered: without positions it has no notion of order", () => {
    const random = seededRandom(11);
    const x = randomMatrix(5, 8, random);
    const layer = randomLayer(random);
    const order = [3, 1, 4, 0, 2];
    const plain = multiHeadAttention(x, layer, 2).output;
    const moved = multiHeadAttention(
      order.map((i) => x[i]!),
      layer,
      2,
    ).output;
    for (const [to, from] of order.entries())
      for (let j = 0; j < 8; j++) expect(moved[to]![j]).toBeCloseTo(plain[from]![j]!, 10);
  });

  it("lets nothing later change what an earlier token gets under the causal mask", () => {
    const random = seededRandom(12);
    const x = randomMatrix(6, 8, random);
    const layer = randomLayer(random);
    const changed = [...x.slice(0, 4), ...randomMatrix(2, 8, random)];
    const before = multiHeadAttention(x, layer, 2, { causal: true }).output.slice(0, 4);
    expect(multiHeadAttention(changed, layer, 2, { causal: true }).output.slice(0, 4)).toEqual(before);
    expect(multiHeadAttention(changed, layer, 2).output.slice(0, 4)).not.toEqual(
      multiHeadAttention(x, layer, 2).output.slice(0, 4),
    );
  });

  it("refuses a number of heads that does not divide the width", () => {
    const random = seededRandom(1);
    expect(() => multiHeadAttention(randomMatrix(2, 8, random), randomLayer(random), 3)).toThrow(/平均分/);
  });

  it("makes as many multiplications as the formula, whatever the number of heads", () => {
    for (const heads of [1, 2, 8]) {
      const counter = { multiplications: 0 };
      const random = seededRandom(5);
      multiHeadAttention(randomMatrix(12, 8, random), randomLayer(random), heads, { counter });
      const { projections, pairs } = layerMultiplications(12, 8);
      expect(counter.multiplications).toBe(projections + pairs);
    }
  });
});

describe("the hand-made reader", () => {
  const lead = (tokens: readonly string[], options = {}): number => {
    const weights = weightsOf(tokens, "它", options);
    return weights.get("奖杯")! - weights.get("箱子")!;
  };
  const replace = (from: string, to: string): string[] =>
    trophy.map((token) => (token === from ? to : token));

  it("reads the trophy when it is too big and the box when it is too small", () => {
    expect(lead(trophy)).toBeGreaterThan(0.8);
    expect(lead(replace("大", "小"))).toBeLessThan(-0.8);
  });

  it("follows the order of the words, not the words", () => {
    const swapped = trophy.map((token) => (token === "奖杯" ? "箱子" : token === "箱子" ? "奖杯" : token));
    expect(lead(swapped)).toBeLessThan(-0.8);
  });

  it("cannot decide without positions or without seeing the adjective, and is less sure with one head", () => {
    expect(lead(trophy, { positions: false })).toBeCloseTo(0, 9);
    expect(Math.abs(lead(trophy, { causal: true }))).toBeLessThan(0.1);
    expect(lead(trophy, { heads: 1 })).toBeLessThan(0.6);
  });

  it("says which word is missing", () => {
    expect(() => weightsOf(trophy, "她")).toThrow(/她/);
  });
});

describe("softmax and scaling", () => {
  it("is not moved by adding a constant, and does not overflow", () => {
    expect(softmax([1000, 1001])).toEqual(softmax([0, 1]));
  });

  it("saturates for long vectors unless the scores are divided by the square root of their length", () => {
    const spread = measureScaling(1024, 100, 3);
    expect(spread.deviation).toBeGreaterThan(28);
    expect(spread.largest).toBeGreaterThan(0.9);
    expect(spread.largestScaled).toBeLessThan(0.5);
  });

  it("averages the values when all scores are equal", () => {
    const zeros = [[0], [0]];
    expect(attention(zeros, zeros, [[1], [3]]).output).toEqual([[2], [2]]);
  });
});

describe("cost", () => {
  it("has half of a layer's multiplications in pairs when the context is six times the width", () => {
    expect(pairShare(6 * 128, 128)).toBe(0.5);
    const { projections, pairs, feedForward } = layerMultiplications(300, 128);
    expect(pairs / (projections + pairs + feedForward)).toBeCloseTo(pairShare(300, 128), 12);
  });

  it("says which matrices do not fit", () => {
    expect(() => multiply([[1, 2]], [[1]])).toThrow(RangeError);
  });
});
