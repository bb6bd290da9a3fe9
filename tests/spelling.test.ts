import { expect, it } from "vitest";
import { measureCourseSpelling } from "../benchmarks/mistyped-terms.ts";

it("mends nine of ten slips in the course's terms, and no question of its bank that has none", async () => {
  const { latin, homophone, wrongCharacter, sound, changed } = await measureCourseSpelling();
  expect(changed).toEqual([]);
  expect(sound).toBeGreaterThan(100);
  for (const { slips, mended } of [latin, homophone]) {
    expect(slips).toBeGreaterThan(200);
    expect(mended / slips).toBeGreaterThanOrEqual(0.95);
  }
  expect(wrongCharacter.slips).toBeGreaterThan(200);
  // A slip may make the beginning of another word; what could as well be meant is left alone.
  expect(wrongCharacter.mended / wrongCharacter.slips).toBeGreaterThanOrEqual(0.88);
});
