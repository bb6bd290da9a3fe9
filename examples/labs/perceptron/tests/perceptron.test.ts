import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allFunctions, booleanFunction, XNOR, XOR } from "../boolean.ts";
import { bestLine, output, train } from "../perceptron.ts";
import { gradient, initialWeights, loss, predict, seededRandom, trainNetwork } from "../two-layer.ts";

describe("train", () => {
  it("learns the fourteen functions that a line can separate, and answers every example right", () => {
    for (const outputs of allFunctions.filter((f) => f !== XOR && f !== XNOR)) {
      const examples = booleanFunction(outputs);
      const { outcome, weights } = train(examples);
      expect(outcome).toBe("learned");
      for (const { inputs, target } of examples) expect(output(weights, inputs)).toBe(target);
    }
  });

  it("comes back to weights it had before on XOR and XNOR", () => {
    for (const outputs of [XOR, XNOR]) expect(train(booleanFunction(outputs)).outcome).toBe("cycle");
  });

  it("finds no line that gets all four examples of XOR right", () => {
    expect(bestLine(booleanFunction(XOR))).toBe(3);
  });

  it("says what is wrong with a function that is not four binary digits", () => {
    expect(() => booleanFunction("012")).toThrow(/四位/);
  });
});

describe("gradient", () => {
  it("agrees with finite differences at any weights", () => {
    const examples = booleanFunction(XOR);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer(), (hidden, seed) => {
        const weights = initialWeights(hidden, seededRandom(seed)).map((w) => 3 * w);
        const slope = gradient(weights, examples);
        weights.forEach((weight, i) => {
          const at = (value: number) => loss(weights.with(i, value), examples);
          expect(slope[i]).toBeCloseTo((at(weight + 1e-5) - at(weight - 1e-5)) / 2e-5, 7);
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe("trainNetwork", () => {
  it("learns XOR with a hidden layer", () => {
    const { weights, learned } = trainNetwork(booleanFunction(XOR), initialWeights(3, seededRandom(1)));
    expect(learned).toBe(true);
    expect(predict(weights, [0, 1])).toBeGreaterThan(0.9);
    expect(predict(weights, [1, 1])).toBeLessThan(0.1);
  });

  it("cannot learn XOR with a single hidden unit", () => {
    const start = initialWeights(1, seededRandom(1));
    expect(trainNetwork(booleanFunction(XOR), start, { limit: 3000 }).learned).toBe(false);
  });
});
