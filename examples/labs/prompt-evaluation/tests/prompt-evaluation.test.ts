import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cases } from "../cases.ts";
import { run } from "../evaluate.ts";
import { CATEGORIES, ruleReader } from "../model.ts";
import { countFlips, exactMcNemar, power, seededRandom, wilson } from "../paired.ts";

describe("the scripted model", () => {
  it("answers by the rules in the prompt, first one first, so that another prompt gives other answers", async () => {
    const question = [{ message: "为什么一运行就报错？", expected: "报错" }] as const;
    const [v1, v2] = [
      await run("triage-v1", ruleReader(), question),
      await run("triage-v2", ruleReader(), question),
    ];
    expect(v1.results[0]!.answer).toBe("概念");
    expect(v2.results[0]!.answer).toBe("报错");
    expect(v1.hash).not.toBe(v2.hash);
  });
});

describe("the test set", () => {
  it("has no message twice and only known categories", () => {
    expect(new Set(cases.map(({ message }) => message)).size).toBe(cases.length);
    for (const { expected } of cases) expect(CATEGORIES).toContain(expected);
  });
});

describe("exactMcNemar", () => {
  it("agrees with what can be worked out by hand", () => {
    expect(exactMcNemar({ fixed: 0, broken: 0 })).toBe(1);
    expect(exactMcNemar({ fixed: 5, broken: 0 })).toBeCloseTo(2 / 32, 12);
    expect(exactMcNemar({ fixed: 16, broken: 3 })).toBeCloseTo((2 * (1 + 19 + 171 + 969)) / 2 ** 19, 12);
  });

  it("does not care which version is called the old one, and is a probability", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (fixed, broken) => {
        const p = exactMcNemar({ fixed, broken });
        expect(p).toBe(exactMcNemar({ fixed: broken, broken: fixed }));
        expect(p > 0 && p <= 1).toBe(true);
      }),
    );
  });
});

describe("comparing", () => {
  it("counts flips in both directions and refuses unequal lists", () => {
    expect(countFlips([true, false, false, true], [true, true, true, false])).toEqual({
      fixed: 2,
      broken: 1,
    });
    expect(() => countFlips([true], [])).toThrow(/1 与 0/);
  });

  it("sees a real gain more often with more cases, and seldom sees one that is not there", () => {
    const random = seededRandom(4);
    expect(power(0.06, 0.01, 400, 300, random)).toBeGreaterThan(power(0.06, 0.01, 100, 300, random));
    expect(power(0.08, 0.08, 200, 500, random)).toBeLessThan(0.05);
  });

  it("gives an interval that holds the rate and narrows with more cases", () => {
    const [few, many] = [wilson(8, 10), wilson(800, 1000)];
    expect(few[0] < 0.8 && 0.8 < few[1]).toBe(true);
    expect(many[1] - many[0]).toBeLessThan(few[1] - few[0]);
    expect(wilson(10, 10)[1]).toBeCloseTo(1, 9);
  });
});
