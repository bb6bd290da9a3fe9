import { DynamicStructuredTool } from "@langchain/core/tools";
import { z } from "zod";
import { calculate } from "./arithmetic.ts";

/**
 * A calculator for agents, with a parser of its own and no `eval`. The model reads the result as text; a mistake in
 * the expression comes back naming the character, so that the model can mend it.
 */
export function calculator(): DynamicStructuredTool {
  return new DynamicStructuredTool({
    name: "calculator",
    metadata: { effect: "read" },
    description:
      "Works out one arithmetic expression exactly as written. Knows + - * / % ^ ! and brackets, scientific notation, sqrt, ln, log(x, base), exp, trigonometry in radians (deg(90) converts), round(x, digits), min, max, sum, mean, factorial, pi, e. Example: 200 * 15% + sqrt(16)",
    schema: z.object({ expression: z.string().describe("The expression, for example (3 + 4) * 2^10") }),
    func: async ({ expression }: { expression: string }) => formatNumber(calculate(expression)),
  });
}

/** Writes a number without the dust of binary fractions: 0.1 + 0.2 is 0.3. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER) return `≈ ${value}`;
  return String(Number(value.toPrecision(15)));
}
