import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracy, choose, majority, majorityFormula, seededRandom } from "../vote.ts";

describe("majority", () => {
  it("is the answer given most often, whatever the order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 8 }),
        fc.integer(),
        (others, seed) => {
          const answers = [...others, ...Array.from({ length: others.length + 1 }, () => 0)];
          expect(majority(answers, seededRandom(seed))).toBe(0);
          expect(majority(answers.reverse(), seededRandom(seed))).toBe(0);
        },
      ),
    );
  });

  it("breaks a tie evenly", () => {
    const random = seededRandom(5);
    const zeros = Array.from({ length: 2000 }, () => majority([0, 1], random)).filter((a) => a === 0).length;
    expect(zeros / 2000).toBeGreaterThan(0.45);
    expect(zeros / 2000).toBeLessThan(0.55);
  });
});

describe("majorityFormula", () => {
  it("agrees with what can be worked out by hand", () => {
    expect(choose(5, 2)).toBe(10);
    expect(majorityFormula(0.7, 1)).toBeCloseTo(0.7, 12);
    expect(majorityFormula(0.7, 3)).toBeCloseTo(3 * 0.49 * 0.3 + 0.343, 12);
    expect(majorityFormula(0.5, 21)).toBeCloseTo(0.5, 9);
  });

  it("is met by the simulation", () => {
    const random = seededRandom(7);
    for (const [right, n] of [
      [0.6, 11],
      [0.8, 5],
      [0.45, 21],
    ] as const) {
      const simulated = accuracy(() => ({ right, wrongKinds: 1 }), n, 8000, random);
      expect(Math.abs(simulated - majorityFormula(right, n))).toBeLessThan(0.03);
    }
  });

  it("rises with more votes above one half and falls below it", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.integer({ min: 0, max: 20 }),
        (p, half) => {
          const [fewer, more] = [majorityFormula(p, 2 * half + 1), majorityFormula(p, 2 * half + 3)];
          if (p > 0.5) expect(more).toBeGreaterThanOrEqual(fewer - 1e-9);
          else expect(more).toBeLessThanOrEqual(fewer + 1e-9);
        },
      ),
    );
  });
});
