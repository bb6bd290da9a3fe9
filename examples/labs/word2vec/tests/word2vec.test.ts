import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groups, makeSentences } from "../corpus.ts";
import { cosine, nearest } from "../neighbours.ts";
import { seededRandom } from "../random.ts";
import { createModel, pairGradient, pairLoss, train } from "../skip-gram.ts";
import { buildVocabulary } from "../vocabulary.ts";

describe("pairGradient", () => {
  it("agrees with finite differences for any words and vectors", () => {
    const id = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(
        fc.integer(),
        id,
        id,
        fc.uniqueArray(id, { maxLength: 4 }),
        (seed, center, context, drawn) => {
          const negatives = drawn.filter((word) => word !== context);
          const model = createModel(6, 4, seededRandom(seed));
          const gradient = pairGradient(model, center, context, negatives);
          const check = (vector: Float64Array, slope: Float64Array) => {
            for (let d = 0; d < vector.length; d++) {
              const value = vector[d]!;
              const at = (shifted: number) => {
                vector[d] = shifted;
                return pairLoss(model, center, context, negatives);
              };
              const difference = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
              vector[d] = value;
              expect(slope[d]).toBeCloseTo(difference, 6);
            }
          };
          check(model.center[center]!, gradient.center);
          for (const { word, gradient: slope } of gradient.neighbours) check(model.context[word]!, slope);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("train", () => {
  it("makes words that fill the same blank neighbours, whatever the seed", () => {
    for (const seed of [1, 2]) {
      const random = seededRandom(seed);
      const sentences = makeSentences(1000, random);
      const vocabulary = buildVocabulary(sentences);
      const model = createModel(vocabulary.words.length, 12, random);
      const losses = train(model, sentences, vocabulary, {
        epochs: 6,
        window: 3,
        negatives: 5,
        rate: 0.08,
        random,
      });
      expect(losses.at(-1)).toBeLessThan(losses[0]!);
      for (const word of groups.动物) {
        const vector = model.center[vocabulary.idOf.get(word)!]!;
        const [first] = nearest(model.center, vocabulary, vector, 1, [word]);
        expect(groups.动物 as readonly string[]).toContain(first!.word);
      }
    }
  });
});

describe("buildVocabulary", () => {
  it("draws negatives in proportion to count to the power 3/4", () => {
    const sentence = [...Array.from({ length: 16 }, () => "多"), "少"];
    const vocabulary = buildVocabulary([sentence]);
    const random = seededRandom(4);
    const draws = Array.from({ length: 20_000 }, () => vocabulary.words[vocabulary.drawNegative(random)]);
    const share = draws.filter((word) => word === "少").length / draws.length;
    expect(share).toBeCloseTo(1 / 9, 2);
  });
});

describe("cosine", () => {
  it("is 1 for the same direction, 0 at a right angle, and does not depend on length", () => {
    expect(cosine([1, 2], [2, 4])).toBeCloseTo(1, 12);
    expect(cosine([1, 0], [0, 3])).toBe(0);
  });
});
