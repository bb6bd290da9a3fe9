import { describe, expect, it } from "vitest";
import { chainProbability, isGoal, moves, solvable, start } from "../game24.ts";
import { beamSearch, chain, noisyEvaluator, seededRandom } from "../search.ts";

describe("game of 24", () => {
  it("knows which puzzles have a solution", () => {
    for (const numbers of [
      [4, 9, 10, 13],
      [3, 3, 8, 8],
      [1, 5, 5, 5],
    ])
      expect(solvable(start(numbers))).toBe(true);
    for (const numbers of [
      [1, 1, 1, 1],
      [2, 2, 2, 2],
    ])
      expect(solvable(start(numbers))).toBe(false);
  });

  it("offers every move on two numbers once", () => {
    const values = moves(start([2, 6])).map(({ numbers }) => Number(numbers[0]!.toFixed(4)));
    expect(values.sort((a, b) => a - b)).toEqual([-4, 0.3333, 3, 4, 8, 12]);
    expect(moves(start([0, 5])).map(({ numbers }) => numbers[0]!)).not.toContain(Number.POSITIVE_INFINITY);
  });

  it("walks a chain of three steps", () => {
    const end = chain(start([4, 9, 10, 13]), seededRandom(1));
    expect(end.numbers).toHaveLength(1);
    expect(end.steps).toHaveLength(3);
    expect(chainProbability(start([6, 4]))).toBeCloseTo(1 / 6, 9);
  });
});

describe("beamSearch", () => {
  const random = seededRandom(3);
  it("finds a solution with one branch when the evaluator never errs", () => {
    const { solution } = beamSearch(start([3, 3, 8, 8]), 1, noisyEvaluator(0, random), random);
    expect(isGoal(solution!)).toBe(true);
    expect(solution!.steps).toHaveLength(3);
  });

  it("finds none where there is none", () => {
    expect(beamSearch(start([1, 1, 1, 1]), 5, noisyEvaluator(0, random), random).solution).toBeNull();
  });

  it("gains from width when the evaluator errs, and pays for it", () => {
    const run = (width: number) => {
      let solved = 0;
      let evaluations = 0;
      for (let i = 0; i < 150; i++) {
        const found = beamSearch(start([4, 5, 6, 10]), width, noisyEvaluator(0.15, random), random);
        if (found.solution !== null) solved++;
        evaluations += found.evaluations;
      }
      return { solved, evaluations };
    };
    const [narrow, wide] = [run(1), run(5)];
    expect(wide.solved).toBeGreaterThan(narrow.solved);
    expect(wide.evaluations).toBeGreaterThan(1.5 * narrow.evaluations);
  });
});
