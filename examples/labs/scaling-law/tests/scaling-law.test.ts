import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitPowerLaw, fitScalingLaw } from "../fit.ts";
import { computeOptimal, EPOCH_2024, extrapolate, HOFFMANN_2022, loss, trainingFlops } from "../law.ts";
import { dataCurve } from "../ngram-curve.ts";
import { exactMatch } from "../rulers.ts";
import { seededRandom, simulateRuns } from "../runs.ts";

describe("fitScalingLaw", () => {
  it("recovers the constants exactly from runs without noise", () => {
    const fitted = fitScalingLaw(simulateRuns(EPOCH_2024, 0, 1));
    expect(fitted.alpha).toBeCloseTo(EPOCH_2024.alpha, 3);
    expect(fitted.beta).toBeCloseTo(EPOCH_2024.beta, 3);
    expect(fitted.E).toBeCloseTo(EPOCH_2024.E, 2);
  });

  it("stays within 0.03 of both exponents under 1 % noise, whatever the seed", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const fitted = fitScalingLaw(simulateRuns(HOFFMANN_2022, 0.01, seed));
      expect(Math.abs(fitted.alpha - HOFFMANN_2022.alpha)).toBeLessThan(0.03);
      expect(Math.abs(fitted.beta - HOFFMANN_2022.beta)).toBeLessThan(0.03);
    }
  });
});

describe("computeOptimal", () => {
  it("spends the budget, and no other split has a lower loss", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 18, max: 26, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (exponent, shift) => {
          const flops = 10 ** exponent;
          const best = computeOptimal(EPOCH_2024, flops);
          expect(trainingFlops(best) / flops).toBeCloseTo(1, 9);
          const other = best.parameters * Math.exp(shift);
          const bestLoss = loss(EPOCH_2024, best.parameters, best.tokens);
          expect(loss(EPOCH_2024, other, flops / (6 * other))).toBeGreaterThanOrEqual(bestLoss - 1e-12);
        },
      ),
    );
  });

  it("gives close to Chinchilla's own 70 B parameters and 1.4 T tokens with the refitted constants only", () => {
    const refit = computeOptimal(EPOCH_2024, 5.76e23);
    expect(refit.tokens / refit.parameters).toBeGreaterThan(15);
    expect(refit.tokens / refit.parameters).toBeLessThan(25);
    const printed = computeOptimal(HOFFMANN_2022, 5.76e23);
    expect(printed.tokens / printed.parameters).toBeGreaterThan(60);
  });

  it("loses to nothing that follows Kaplan's exponent", () => {
    const start = computeOptimal(EPOCH_2024, 1e20);
    const kaplan = extrapolate(start, 1e24, 0.73);
    const best = computeOptimal(EPOCH_2024, 1e24);
    expect(kaplan.parameters).toBeGreaterThan(best.parameters);
    expect(loss(EPOCH_2024, kaplan.parameters, kaplan.tokens)).toBeGreaterThan(
      loss(EPOCH_2024, best.parameters, best.tokens),
    );
  });
});

describe("fitPowerLaw", () => {
  it("finds the exponent of any power law", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (slope, factor) => {
          const points = [1, 10, 100, 1000].map((x) => ({ x, y: factor * x ** slope }));
          expect(fitPowerLaw(points).slope).toBeCloseTo(slope, 6);
        },
      ),
    );
  });
});

describe("dataCurve", () => {
  it("falls as the training text grows", () => {
    const random = seededRandom(3);
    const words = Array.from({ length: 60 }, (_, i) => String.fromCodePoint(0x4e00 + i * 7, 0x5000 + i * 11));
    const paragraphs = Array.from({ length: 300 }, () =>
      Array.from({ length: 30 }, () => words[Math.floor(random() ** 2 * words.length)]).join(""),
    );
    const losses = dataCurve(paragraphs).map((point) => point.loss);
    expect([...losses].sort((a, b) => b - a)).toEqual(losses);
  });

  it("says how much text is missing", () => {
    expect(() => dataCurve(Array.from({ length: 20 }, () => "太短"))).toThrow(/8,000/);
  });
});

describe("exactMatch", () => {
  it("turns a smooth ruler into a steep one", () => {
    expect(exactMatch(0.5, 10)).toBeLessThan(0.001);
    expect(exactMatch(0.9, 10)).toBeCloseTo(0.349, 3);
    expect(exactMatch(0.99, 10)).toBeCloseTo(0.904, 3);
  });
});
