import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addOneBigramPerplexity } from "../by-hand.ts";
import { split, tinyCorpus } from "../corpus.ts";
import { NgramModel, type Smoothing } from "../ngram.ts";
import { seededRandom } from "../random.ts";

const word = fc.constantFrom("甲", "乙", "丙", "丁", "戊");
const sentences = fc.array(fc.array(word, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });

describe("probability", () => {
  it("sums to one over the vocabulary after any context, with every smoothing and order", () => {
    const smoothings = fc.constantFrom<Smoothing>("add-one", "witten-bell", "kneser-ney");
    fc.assert(
      fc.property(
        sentences,
        fc.integer({ min: 1, max: 4 }),
        smoothings,
        fc.array(word),
        (text, n, s, context) => {
          const model = new NgramModel(text, n, s, { unknown: true });
          const sum = [...model.vocabulary].reduce(
            (total, next) => total + model.probability(context, next),
            0,
          );
          expect(sum).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it("looks at the last n − 1 words only", () => {
    const model = new NgramModel(tinyCorpus, 2, "witten-bell");
    expect(model.probability(["小狗", "在"], "院子")).toBe(model.probability(["小猫", "喜欢", "在"], "院子"));
  });

  it("gives zero to what was not seen, unless it smooths", () => {
    expect(new NgramModel(tinyCorpus, 2).probability(["小狗"], "喜欢")).toBe(0);
    expect(new NgramModel(tinyCorpus, 2, "add-one").probability(["小狗"], "喜欢")).toBeCloseTo(1 / 14, 12);
  });

  it("refuses an order that is not a positive whole number", () => {
    expect(() => new NgramModel(tinyCorpus, 0)).toThrow(/正整数/);
  });
});

describe("perplexity", () => {
  it("agrees with a computation that scans the text", () => {
    fc.assert(
      fc.property(sentences, sentences, (training, test) => {
        const known = new Set(training.flat());
        fc.pre(test.flat().every((w) => known.has(w)));
        const model = new NgramModel(training, 2, "add-one");
        expect(model.perplexity(test)).toBeCloseTo(addOneBigramPerplexity(training, test), 6);
      }),
    );
  });

  it("is the size of the vocabulary for a model that knows nothing", () => {
    const text = [["甲"], ["乙"], ["丙"]];
    const model = new NgramModel(text, 1, "add-one");
    expect(model.perplexity([["甲", "乙", "丙"]])).toBeGreaterThan(1);
    const equal = new NgramModel([["甲", "乙", "丙"]], 1);
    expect(equal.perplexity([["甲", "乙", "丙"]])).toBeCloseTo(4, 9);
  });

  it("is infinite when one step is impossible", () => {
    expect(new NgramModel(tinyCorpus, 2).perplexity([["小狗", "喜欢", "地毯"]])).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe("sample", () => {
  it("writes only words it has seen, the same for the same seed", () => {
    const model = new NgramModel(tinyCorpus, 2);
    const known = new Set(tinyCorpus.flat());
    const draw = () => model.sample(seededRandom(5));
    expect(draw()).toEqual(draw());
    for (const drawn of draw()) expect(known).toContain(drawn);
  });
});

describe("split", () => {
  it("keeps training and test apart and marks unknown characters", () => {
    const { training, test } = split([["甲"], ["乙"], ["乙"], ["乙"], ["乙"], ["乙"]]);
    expect(training).toHaveLength(4);
    expect(test).toEqual([["<unk>"], ["乙"]]);
  });
});
