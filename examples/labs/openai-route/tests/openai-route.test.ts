import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitDifficulty, solvedShare, solvedShareIfEqual } from "../difficulty.ts";
import { meanEstimate, naivePassAtK, passAtK, passAtKByListing } from "../pass-at-k.ts";
import { daysBetween, growth, readTimeline, type Step } from "../timeline.ts";

describe("passAtK", () => {
  it("equals listing every choice of k samples", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), fc.nat(), (results, pick) => {
        const k = 1 + (pick % results.length);
        expect(passAtK(results.length, results.filter(Boolean).length, k)).toBeCloseTo(
          passAtKByListing(results, k),
          12,
        );
      }),
      { numRuns: 60 },
    );
  });

  it("is right on average whatever the chance of passing, where plugging in the rate is too low", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.9, noNaN: true }),
        fc.integer({ min: 2, max: 20 }),
        (p, k) => {
          const truth = 1 - (1 - p) ** k;
          expect(meanEstimate(passAtK, 20, p, k)).toBeCloseTo(truth, 9);
          expect(meanEstimate(naivePassAtK, 20, p, k)).toBeLessThan(truth);
        },
      ),
    );
  });

  it("does not overflow for many samples", () => {
    expect(passAtK(1000, 1, 500)).toBeCloseTo(0.5, 12);
  });

  it("refuses counts that cannot be", () => {
    expect(() => passAtK(5, 6, 1)).toThrow(RangeError);
    expect(() => passAtK(5, 1, 6)).toThrow(RangeError);
  });
});

describe("difficulty", () => {
  it("meets the two published numbers", () => {
    const { a, b } = fitDifficulty(0.288, 100, 0.702);
    expect(solvedShare(a, b, 1)).toBeCloseTo(0.288, 9);
    expect(solvedShare(a, b, 100)).toBeCloseTo(0.702, 6);
  });

  it("never solves more than equally hard problems with the same mean would", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (a, b, k) => {
          expect(solvedShare(a, b, k)).toBeLessThanOrEqual(solvedShareIfEqual(a / (a + b), k) + 1e-9);
        },
      ),
    );
  });
});

describe("readTimeline", () => {
  it("is in order, and knows intervals and growth where sizes are published", async () => {
    const steps = await readTimeline();
    const find = (name: string): Step => steps.find((step) => step.name === name)!;
    expect(daysBetween(find("GPT-1"), find("GPT-3"))).toBe(717);
    expect(growth(find("GPT-1"), find("GPT-3"))).toBeCloseTo(1496, 0);
    expect(growth(find("GPT-3"), find("GPT-4"))).toBeNull();
  });

  it("names the step that is wrong", async () => {
    const folder = await mkdtemp(join(tmpdir(), "route-"));
    const write = async (steps: object[]): Promise<URL> => {
      const file = join(folder, "t.json");
      await writeFile(file, JSON.stringify(steps));
      return pathToFileURL(file);
    };
    const step = {
      name: "甲",
      date: "2020-01-02",
      parameters: null,
      problem: "p",
      bet: "b",
      newProblem: "n",
      source: "s",
    };
    try {
      await expect(
        readTimeline(await write([step, { ...step, name: "乙", date: "2020-01-01" }])),
      ).rejects.toThrow(/乙/);
      await expect(readTimeline(await write([{ ...step, date: "昨天" }]))).rejects.toThrow(/甲/);
      await expect(readTimeline(await write([{ ...step, bet: "" }]))).rejects.toThrow(/bet/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
