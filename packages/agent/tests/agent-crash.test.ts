import { expect, it } from "vitest";
import { crashRun } from "./crash-run.ts";

it("comes to the same end after kill −9 at random moments, and no tool that writes ran twice unseen", {
  timeout: 240_000,
}, async () => {
  // Each kill stops four runs, since starting a process is what takes the time: twelve moments in all.
  const { kills, mayHaveRun } = await crashRun(1, { kills: 3, threads: 4, lines: 9 });
  expect(kills).toBe(3);
  // Some of the kills came in the midst of a tool.
  expect(mayHaveRun).toBeGreaterThan(0);
});
