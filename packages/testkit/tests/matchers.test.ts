import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, expectTypeOf, it } from "vitest";
import { matchers } from "../src/index.ts";
import "../src/vitest.ts";

const CITATION = {
  marker: 1,
  documentId: "1.3",
  blockId: "b1",
  quote: "注意力给每个词\n一个权重。",
  supported: true,
};
const AGENT = [
  { type: "tool-call", id: "c1", name: "search", args: { query: "注意力", limit: 3 } },
  { type: "tool-result", id: "c1", name: "search", args: {}, content: "…", isError: false },
  { type: "text", delta: "注意力" },
  { type: "text", delta: "是权重。" },
  {
    type: "usage",
    inputTokens: 100,
    outputTokens: 20,
    steps: 2,
    toolCalls: 1,
    milliseconds: 900,
    cost: { amount: 0.02, currency: "USD" },
  },
  { type: "done", status: "completed", text: "注意力是权重。", usage: {} },
];
const ANSWER = {
  text: "权重。[1]",
  citations: [CITATION],
  mode: "extractive",
  outcome: "answered",
  refused: null,
};
const ANSWERED = [
  { type: "text", delta: "权重。[1]" },
  { type: "citation", citation: CITATION },
  { type: "done", answer: ANSWER },
];
const REFUSED = [
  { type: "refused", reason: "off-topic", nearest: [] },
  {
    type: "done",
    answer: { ...ANSWER, citations: [], outcome: "refused", refused: { reason: "off-topic", nearest: [] } },
  },
];
const MESSAGES = [
  new HumanMessage("1+2?"),
  new AIMessage({
    content: "",
    tool_calls: [{ id: "c", name: "add", args: { a: 1, b: 2 } }],
    usage_metadata: { input_tokens: 10, output_tokens: 5, total_tokens: 15 } as never,
  }),
  new ToolMessage({ content: "3", tool_call_id: "c" }),
  new AIMessage("3"),
];

async function* streamOf(events: readonly object[]) {
  for (const event of events) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    yield event;
  }
}
const messageOf = (assertion: () => unknown) => {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the assertion passed");
};

describe("toHaveCalledTool", () => {
  it("finds a call by name and by some of its arguments, in events, streams and messages", async () => {
    expect(AGENT).toHaveCalledTool("search");
    expect(AGENT).toHaveCalledTool("search", { query: "注意力" });
    expect(AGENT).toHaveCalledTool("search", { query: expect.stringContaining("意") });
    expect(AGENT).not.toHaveCalledTool("search", { query: "梯度" });
    expect(AGENT).not.toHaveCalledTool("search", { page: undefined });
    expect(MESSAGES).toHaveCalledTool("add", { a: 1 });
    expect({ messages: MESSAGES }).toHaveCalledTool("add", { a: 1 });
    expect(MESSAGES[1]).toHaveCalledTool("add");
    const call = { function: { name: "add", arguments: '{"a":1}' } };
    expect([{ role: "assistant", content: null, tool_calls: [call] }]).toHaveCalledTool("add", { a: 1 });
    await expect(Promise.resolve(AGENT)).toHaveCalledTool("search");
  });

  it("reads a stream once for several assertions", async () => {
    const stream = streamOf(AGENT);
    await expect(stream).toHaveCalledTool("search");
    await expect(stream).not.toHaveCalledTool("delete");
    await expect(expect(stream).toHaveCalledTool("delete")).rejects.toThrow(/call the tool "delete"/);
  });

  it("shows what happened when it fails", () => {
    const message = messageOf(() => expect(AGENT).toHaveCalledTool("search", { query: "梯度" }));
    expect(message).toContain('expected the run to call the tool "search" with {"query":"梯度"}');
    expect(message).toContain('tools called: search({"query":"注意力","limit":3})');
    expect(message).toContain("used: steps 2, tokens 120, cost 0.02, milliseconds 900");
    expect(message).toContain("status: completed");
    expect(message).toContain("text: 注意力是权重。");
    expect(messageOf(() => expect(AGENT).not.toHaveCalledTool("search"))).toContain(
      "expected the run not to call",
    );
  });
});

describe("toCite", () => {
  it("finds a citation by document, block, quote and support, in events and in a finished answer", () => {
    expect(ANSWERED).toCite("1.3");
    expect(ANSWER).toCite({ quote: "每个词 一个" });
    expect(ANSWERED.slice(0, 2)).toCite({
      documentId: "1.3",
      blockId: "b1",
      quote: /权重。$/,
      supported: true,
    });
    expect(ANSWERED).not.toCite("2.1");
    expect(ANSWERED).not.toCite({ documentId: "1.3", quote: "别的" });
    expect(messageOf(() => expect(ANSWERED).toCite("2.1"))).toMatch(
      /cite \{"documentId":"2\.1"\}[\s\S]*citations: 1\.3 「注意力/,
    );
    expect(() => expect(ANSWERED).toCite({})).toThrow(/needs a document id/);
  });
});

describe("toRefuse", () => {
  it("tells a refusal and its reason from an answer", () => {
    expect(REFUSED).toRefuse();
    expect(REFUSED.slice(1)).toRefuse("off-topic");
    expect(REFUSED).toRefuse(/topic/);
    expect(REFUSED).not.toRefuse("not-covered");
    expect(ANSWERED).not.toRefuse();
    expect([new AIMessage({ content: "", additional_kwargs: { refusal: "I can't help." } })]).toRefuse(
      /can't/,
    );
    expect(messageOf(() => expect(ANSWERED).toRefuse())).toContain("refused: no");
    expect(messageOf(() => expect(REFUSED).toRefuse("not-covered"))).toContain("refused: off-topic");
  });
});

describe("toStayWithin", () => {
  it("checks every bound that is given, inclusively", async () => {
    expect(AGENT).toStayWithin({ steps: 2, toolCalls: 1, tokens: 120, cost: 0.02, milliseconds: 900 });
    for (const budget of [
      { steps: 1 },
      { toolCalls: 0 },
      { tokens: 119 },
      { cost: 0.019 },
      { milliseconds: 899 },
    ]) {
      expect(AGENT).not.toStayWithin(budget);
    }
    expect(MESSAGES).toStayWithin({ steps: 2, tokens: 15, toolCalls: 1 });
    await expect(streamOf(ANSWERED)).toStayWithin({ milliseconds: 5000 });
    await expect(streamOf(ANSWERED)).not.toStayWithin({ milliseconds: 1 });
  });

  it("is an error, with and without not, where the run does not report the figure", () => {
    expect(() => expect(MESSAGES).toStayWithin({ cost: 1 })).toThrow(/does not report cost/);
    expect(() => expect(MESSAGES).not.toStayWithin({ cost: 1 })).toThrow(/does not report cost/);
    expect(() => expect(AGENT).toStayWithin({})).toThrow(/at least one bound/);
  });
});

it("refuse what is no run, and work as an object for expect.extend", () => {
  for (const wrong of [3, "text", [1], undefined, {}]) {
    expect(() => expect(wrong).toRefuse()).toThrow(/no event, answer or message/);
  }
  const context = { equals: (a: unknown, b: unknown) => a === b };
  expect(matchers.toHaveCalledTool.call(context, AGENT, "search")).toMatchObject({ pass: true });
  expectTypeOf(expect(AGENT).toRefuse).returns.toEqualTypeOf<void>();
  expectTypeOf(expect(streamOf(AGENT)).toRefuse).returns.toEqualTypeOf<Promise<void>>();
});
