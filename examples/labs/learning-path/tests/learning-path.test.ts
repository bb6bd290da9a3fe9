import { fileURLToPath } from "node:url";
import { findCircle, loadCourse, prerequisitesOf, sectionOf } from "@zixue/course";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readArguments } from "../arguments.ts";
import { shortestByForce } from "../brute-force.ts";
import { learningPath, type Step } from "../learning-path.ts";
import { routes } from "../routes.ts";

/** Sections whose prerequisites point to earlier ones only, listed in a shuffled order. */
const outlines: fc.Arbitrary<Step[]> = fc
  .array(fc.array(fc.nat({ max: 30 }), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  .chain((rows) =>
    fc.shuffledSubarray(
      rows.map((row, index) => ({
        id: `${index + 1}.1`,
        requires: index === 0 ? [] : [...new Set(row.map((value) => `${(value % index) + 1}.1`))],
      })),
      { minLength: rows.length },
    ),
  );

const problems = outlines.chain((sections) => {
  const ids = sections.map(({ id }) => id);
  return fc.record({
    sections: fc.constant(sections),
    goals: fc.subarray(ids, { minLength: 1 }),
    known: fc.subarray(ids),
  });
});

describe("learningPath", () => {
  it("never puts a section before one of its prerequisites", () => {
    fc.assert(
      fc.property(problems, ({ sections, goals, known }) => {
        const read = new Set(known);
        for (const id of learningPath(goals, sections, known)) {
          const step = sections.find((section) => section.id === id);
          expect(step?.requires.every((before) => read.has(before))).toBe(true);
          read.add(id);
        }
        expect(goals.every((id) => read.has(id))).toBe(true);
      }),
    );
  });

  it("is as short as the best of all subsets", () => {
    fc.assert(
      fc.property(problems, ({ sections, goals, known }) => {
        expect(learningPath(goals, sections, known).length).toBe(shortestByForce(goals, sections, known));
      }),
    );
  });

  it("says which sections go round", () => {
    const round = [
      { id: "1.1", requires: ["1.3"] },
      { id: "1.2", requires: ["1.1"] },
      { id: "1.3", requires: ["1.2"] },
    ];
    expect(() => learningPath(["1.3"], round)).toThrow(/1\.1、1\.2、1\.3/);
  });

  it("says which section does not exist", () => {
    expect(() => learningPath(["9.9"], [{ id: "1.1", requires: [] }])).toThrow(/9\.9/);
  });
});

describe("the course's own outline", async () => {
  const course = await loadCourse(fileURLToPath(new URL("../../../../docs/course", import.meta.url)));

  it("has no circle", () => {
    expect(findCircle(course.sections)).toBeNull();
  });

  it("agrees with prerequisitesOf for every section as a goal", () => {
    for (const { id } of course.sections) {
      const expected = [...prerequisitesOf(course, id).map((section) => section.id), id];
      expect(new Set(learningPath([id], course.sections))).toEqual(new Set(expected));
    }
  });

  it("holds every goal of the three routes", () => {
    for (const { goals } of routes) for (const id of goals) expect(sectionOf(course, id).id).toBe(id);
  });
});

describe("readArguments", () => {
  it("splits goals from what is known", () => {
    expect(readArguments(["6.2", "5.4", "--known", "1.7"])).toEqual({
      goals: ["6.2", "5.4"],
      known: ["1.7"],
    });
  });

  it("refuses what is not a section id, and an empty --known", () => {
    expect(() => readArguments(["六点二"])).toThrow(/六点二/);
    expect(() => readArguments(["6.2", "--known"])).toThrow(/--known/);
  });
});
