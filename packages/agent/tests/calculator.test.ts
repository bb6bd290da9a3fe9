import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentError, calculate, calculator } from "../src/index.ts";

describe("calculate", () => {
  it.each<[string, number]>([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["2 ^ 3 ^ 2", 512],
    ["2 ** 10", 1024],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["7 % 4", 3],
    ["50%", 0.5],
    ["200 * 15% + sqrt(16)", 34],
    ["10 % (3)", 1],
    ["（１２＋３）×２÷５", 6],
    ["3 − 5", -2],
    ["1,234,567.5 + 0.5", 1234568],
    ["max(1,234)", 234],
    ["max（1，2，3）", 3],
    ["1.5e3 + 2E-1", 1500.2],
    [".5 + 5.", 5.5],
    ["log(8, 2) + ln(e) + log(100)", 6],
    ["round(1.005, 2)", 1.01],
    ["round(1234, -2)", 1200],
    ["sin(deg(90))", 1],
    ["2π", Number.NaN],
    ["5!", 120],
    ["3! / 2", 3],
    ["--3", 3],
    ["mean(1, 2, 6) - mod(-1, 5)", -1],
    ["SQRT(9)", 3],
    [`${"-".repeat(9000)}1`, 1],
  ])("%s = %d", (expression, expected) => {
    if (Number.isNaN(expected)) expect(() => calculate(expression)).toThrow(/operator was expected/);
    else expect(calculate(expression)).toBeCloseTo(expected, 12);
  });

  it.each([
    ["", /At character 1: the expression ends where a number was expected/],
    ["1 +", /At character 4: the expression ends/],
    ["1 / (2 - 2)", /At character 3: division by zero/],
    ["(1 + 2", /At character 7: "\)" was expected to close the "\(" at character 1/],
    ["1 + 2)", /At character 6: a "\)" without its "\("/],
    ["1 2", /At character 3: an operator was expected before "2"/],
    ["1.2.3", /At character 1: .*not a number/],
    ["foo(1)", /At character 1: unknown name "foo"; functions: sqrt/],
    ["sqrt 4", /"\(" was expected after "sqrt"/],
    ["sqrt(-1)", /not defined for -1/],
    ["sqrt(1, 2)", /takes 1 value, not 2/],
    ["(-8) ^ 0.5", /not a real number/],
    ["0 ^ -1", /division by zero/],
    ["10 ^ 400", /too large/],
    ["200!", /too large/],
    ["2 $ 3", /At character 3: "\$" has no meaning/],
    ["你好", /unknown name/],
    ["constructor(1)", /unknown name/],
    ["process.exit()", /At character 8: "\." has no meaning/],
    ["(".repeat(5000), /nesting/],
  ])("%s is refused, saying where and why", (expression, message) => {
    expect(() => calculate(expression)).toThrow(message);
  });

  it("agrees with JavaScript on any expression of the common operators", () => {
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        fc.nat(1000).map(String),
        fc.double({ min: 0.001, max: 1e6, noNaN: true }).map(String),
        fc
          .tuple(tie("tree"), fc.constantFrom("+", "-", "*", "/"), tie("tree"))
          .map(([a, op, b]) => `${a} ${op} ${b}`),
        tie("tree").map((inner) => `(${inner})`),
        tie("tree").map((inner) => `-(${inner})`),
      ),
    }));
    fc.assert(
      fc.property(tree, (expression) => {
        const expected = new Function(`return ${expression.replaceAll("--", "- -")}`)() as number;
        try {
          expect(calculate(expression)).toBe(expected);
        } catch (error) {
          if (!(error instanceof AgentError)) throw error;
          expect(/division by zero|too large|not a real/.test(error.message)).toBe(true);
        }
      }),
    );
  });

  it("throws nothing but its own error, whatever it is given", () => {
    const pieces = fc.constantFrom(..."0123456789.,+-*/%^!()（）×e π", "sqrt(", "log(", "max(", "1e9");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(pieces).map((p) => p.join("")),
        ),
        (expression) => {
          try {
            expect(Number.isFinite(calculate(expression))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(AgentError);
          }
        },
      ),
    );
  });
});

it("is a LangChain tool that writes numbers without binary dust", async () => {
  const tool = calculator();
  expect(await tool.invoke({ expression: "0.1 + 0.2" })).toBe("0.3");
  expect(await tool.invoke({ expression: "2 ^ 64" })).toBe("≈ 18446744073709552000");
  await expect(tool.invoke({ expression: "1 +" })).rejects.toThrow(/character 4/);
});
