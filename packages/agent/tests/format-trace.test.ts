import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTrace, type TraceSpan } from "../src/index.ts";

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

function span(id: string, parentId: string | null, name: string, rest: Partial<TraceSpan> = {}): TraceSpan {
  return {
    traceId: "5b1d",
    spanId: id,
    parentId,
    name,
    startedAt: at,
    endedAt: at + 1_500,
    status: "ok",
    attributes: {},
    ...rest,
  };
}

const spans: TraceSpan[] = [
  span("1", null, "invoke_agent 数学老师", {
    attributes: {
      "gen_ai.conversation.id": "t1",
      "zixue.run.status": "limited",
      "zixue.run.limit": "steps",
      "gen_ai.usage.input_tokens": 1204,
      "gen_ai.usage.output_tokens": 356,
      "zixue.cost.amount": 0.0021,
      "zixue.cost.currency": "CNY",
    },
  }),
  span("2", "1", "chat qwen-plus", {
    startedAt: at + 1,
    endedAt: at + 400,
    status: "error",
    attributes: { "error.type": "429", "error.message": "Slow down" },
  }),
  span("3", "1", "execute_tool ask", { startedAt: at + 500, endedAt: at + 502 }),
  span("4", "3", "invoke_agent inner", { startedAt: at + 501 }),
  span("5", "1", "chat qwen-max", {
    startedAt: at + 600,
    attributes: { "zixue.attempt": 2, "gen_ai.response.time_to_first_chunk": 0.25 },
  }),
];

describe("a printed trace", () => {
  it("is a tree with time, tokens, money and what went wrong", () => {
    expect(formatTrace(spans, { language: "en", width: 120 }).split("\n")).toEqual([
      "Trace 5b1d",
      "2026-01-02 03:04:05 UTC  thread t1",
      "invoke_agent 数学老师     ◦  1.50 s  1204→356  0.0021 CNY  limit reached (steps)",
      "├─ chat qwen-plus         ✗  399 ms                        429: Slow down",
      "├─ execute_tool ask       ✓    2 ms",
      "│  └─ invoke_agent inner  ✓  999 ms",
      "└─ chat qwen-max          ✓  900 ms                        attempt 2, first token 0.25 s",
    ]);
  });

  it("speaks Chinese, and keeps columns under each other where characters are wide", () => {
    const text = formatTrace(spans, { language: "zh" });
    expect(text).toContain("追踪 5b1d");
    expect(text).toContain("到达上限 (steps)");
    expect(text).toContain("第 2 次尝试");
  });

  it("draws with ASCII alone where asked", () => {
    const drawn = formatTrace(spans, { language: "en", ascii: true }).replaceAll("数学老师", "");
    expect(drawn).toMatch(/^[\x20-\x7e\n]+$/);
    expect(drawn).toContain("`- chat qwen-max");
  });

  it("says so when there is nothing", () => {
    expect(formatTrace([], { language: "en" })).toBe("No spans.");
  });

  it("is never wider than the terminal, shows every span, and cannot move the cursor", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 60 });
    const spanOf = (index: number) =>
      fc
        .record({ name: text, message: text, args: text, parent: fc.integer({ min: -1, max: index - 1 }) })
        .map(({ name, message, args, parent }) =>
          span(String(index), parent < 0 ? null : String(parent), `${name}\u001b[2J\u009b`, {
            startedAt: at + index,
            status: index % 2 ? "error" : "ok",
            attributes: { "error.message": message, "gen_ai.tool.call.arguments": args },
          }),
        );
    const trace = fc
      .integer({ min: 1, max: 8 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => spanOf(index))));
    fc.assert(
      fc.property(trace, fc.integer({ min: 40, max: 160 }), fc.boolean(), (trace, width, ascii) => {
        const lines = formatTrace(trace, { width, ascii, language: "en" }).split("\n");
        expect(lines).toHaveLength(trace.length + 2);
        for (const line of lines) {
          expect(line).not.toMatch(/\p{Cc}/u);
          const wide = [...line].filter((character) => /\p{Script=Han}/u.test(character)).length;
          expect([...line.replace(/\p{M}/gu, "")].length + wide).toBeLessThanOrEqual(width + 0);
        }
      }),
      { numRuns: 100 },
    );
  });
});
