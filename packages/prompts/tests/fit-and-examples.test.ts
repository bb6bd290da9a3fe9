import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { definePrompt, lexicalSimilarity, PromptsError } from "../src/index.ts";

const answer = definePrompt({
  name: "answer",
  input: z.object({ question: z.string(), documents: z.array(z.string()), notes: z.string() }),
  template:
    '{{role "system"}}按资料回答。{{#each documents}}\n- {{this}}{{/each}}\n{{notes}}{{role "user"}}{{question}}',
  drop: [{ from: "history", atLeast: 1 }, "documents", { from: "notes", keep: "first" }],
});

const turn = (n: number): BaseMessage[] => [
  new HumanMessage(`问题${n}`),
  new AIMessage({ content: "", tool_calls: [{ id: `c${n}`, name: "look", args: {} }] }),
  new ToolMessage({ content: `结果${n}`, tool_call_id: `c${n}` }),
  new AIMessage(`回答${n}`),
];

describe("fitTo", () => {
  it("drops in the declared order, and says what", async () => {
    const input = {
      question: "什么是注意力？",
      documents: ["甲".repeat(40), "乙".repeat(40), "丙".repeat(40)],
      notes: "",
      history: [...turn(1), ...turn(2), ...turn(3)],
    };
    const wanted = { ...input, documents: input.documents.slice(0, 2), history: turn(3) };
    const { tokens } = await answer.renderDetailed(wanted);
    const seen: unknown[] = [];
    const fitted = await answer
      .fitTo(tokens, { onDrop: (dropped) => seen.push(dropped) })
      .renderDetailed(input);
    expect(fitted.dropped).toEqual([
      { from: "history", unit: "turns", dropped: 2, kept: 1 },
      { from: "documents", unit: "items", dropped: 1, kept: 2 },
    ]);
    expect(seen).toEqual([fitted.dropped]);
    const texts = fitted.messages.map((m) => m.text).join("\n");
    expect(texts).toContain("乙");
    expect(texts).not.toContain("丙");
    expect(texts).toContain("回答3");
  });

  it("drops nothing that fits", async () => {
    const fitted = await answer.fitTo(1000).renderDetailed({ question: "q", documents: ["d"], notes: "n" });
    expect(fitted.dropped).toEqual([]);
  });

  it("never exceeds the budget, never leaves a tool result without its call, and tells every loss", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ question: text, documents: fc.array(text, { maxLength: 6 }), notes: text }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 200 }),
        async (values, turns, budget) => {
          const history = Array.from({ length: turns }, (_, i) => turn(i)).flat();
          const input = { ...values, history };
          const whole = await answer.renderDetailed(input);
          try {
            const fitted = await answer.fitTo(budget).renderDetailed(input);
            expect(fitted.tokens).toBeLessThanOrEqual(budget);
            expect(fitted.dropped.length > 0).toBe(whole.tokens > budget);
            const calls = new Set(
              fitted.messages.flatMap((m) => (m as AIMessage).tool_calls ?? []).map((c) => c.id),
            );
            for (const m of fitted.messages)
              if (ToolMessage.isInstance(m)) expect(calls).toContain(m.tool_call_id);
          } catch (error) {
            if (!(error instanceof PromptsError)) throw error;
            expect(error.code).toBe("too-long");
            expect(error.details.tokens as number).toBeGreaterThan(budget);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says so when nothing may be dropped", async () => {
    const rigid = definePrompt({ name: "r", input: z.object({ a: z.string() }), template: "{{a}}" });
    await expect(rigid.fitTo(5).render({ a: "字".repeat(50) })).rejects.toThrow(
      /nothing in it may be dropped/,
    );
  });
});

describe("withExamples", () => {
  const classify = definePrompt({
    name: "classify",
    input: z.object({ text: z.string() }),
    template: '{{role "system"}}判断话题。{{role "user"}}句子：{{text}}',
    drop: ["examples"],
  });
  const examples = [
    { input: { text: "今天下雨了，记得带伞" }, output: "天气" },
    { input: { text: "反向传播用链式法则计算梯度" }, output: "机器学习" },
    { input: { text: "The central bank raised rates" }, output: "经济" },
  ];

  it("shows each example as a turn in front of the history", async () => {
    const messages = await classify.withExamples(examples.slice(0, 1)).render({
      text: "降息",
      history: [new HumanMessage("h")],
    });
    expect(messages.map((m) => `${m.getType()} ${m.text}`)).toEqual([
      "system 判断话题。",
      "human 句子：今天下雨了，记得带伞",
      "ai 天气",
      "human h",
      "human 句子：降息",
    ]);
  });

  it("chooses by lexical likeness in Chinese and English, the most alike last", async () => {
    const prompt = classify.withExamples(examples, { select: "similarity", limit: 2 });
    const chinese = await prompt.render({ text: "梯度是怎么用链式法则算出来的？" });
    expect(chinese.at(-2)?.text).toBe("机器学习");
    expect(chinese).toHaveLength(6);
    const english = await prompt.render({ text: "why did the bank change its rates?" });
    expect(english.at(-2)?.text).toBe("经济");
  });

  it("chooses by embeddings when given them", async () => {
    const embed = (text: string) => (text.includes("伞") || text === "rain" ? [1, 0] : [0, 1]);
    const embeddings = {
      embedQuery: async (text: string) => embed(text),
      embedDocuments: async (texts: string[]) => texts.map(embed),
    } as never;
    const prompt = classify.withExamples(examples, { select: "similarity", limit: 1, embeddings });
    expect((await prompt.render({ text: "rain" })).at(-2)?.text).toBe("天气");
  });

  it("takes examples in order while they fit", async () => {
    const some = await classify
      .withExamples(examples, { select: "length", maxTokens: 30 })
      .render({ text: "x" });
    expect(some).toHaveLength(4);
    const none = await classify
      .withExamples(examples, { select: "length", maxTokens: 1 })
      .render({ text: "x" });
    expect(none).toHaveLength(2);
  });

  it("lets fitTo drop them", async () => {
    const prompt = classify.withExamples(examples);
    const { tokens } = await prompt.renderDetailed({ text: "x" });
    const fitted = await prompt.fitTo(tokens - 1).renderDetailed({ text: "x" });
    expect(fitted.dropped).toEqual([{ from: "examples", unit: "examples", dropped: 1, kept: 2 }]);
  });

  it("refuses an example that does not match the input schema", () => {
    expect(() => classify.withExamples([{ input: {} as never, output: "" }])).toThrow(/classify/);
  });
});

it("measures likeness between 0 and 1, highest for the same text", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 5 }), (query, others) => {
      const scores = lexicalSimilarity(query, [query, ...others]);
      for (const score of scores) expect(score >= 0 && score <= 1).toBe(true);
      expect(scores[0]).toBeGreaterThanOrEqual(Math.max(...scores) - 1e-9);
    }),
  );
});
