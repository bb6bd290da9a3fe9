import { expect, it } from "vitest";
import { crashRun } from "./crash-run.ts";

it("opens as the last committed state after kill −9 at random moments, and the next run finishes", {
  timeout: 120_000,
}, async () => {
  const seeds = Array.from({ length: 10 }, (_, seed) => seed + 1);
  const outcomes = [];
  // Two at a time: starting a process is what takes the time.
  while (seeds.length > 0) {
    outcomes.push(
      ...(await Promise.all(seeds.splice(0, 2).map((seed) => crashRun(seed, { kills: 1, revisions: 30 })))),
    );
  }
  expect(outcomes).toHaveLength(10);
  expect(outcomes.every(({ opened }) => opened === 30)).toBe(true);
  // The kills came in the midst of the work, not before or after it.
  expect(outcomes.filter(({ announced }) => announced > 0 && announced < 30).length).toBeGreaterThan(2);
});
