import { resolveModels } from "@zixue/models";
import { reply, type ScriptedServer, startScriptedServer } from "@zixue/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type Answer, type AnswerEvent, createRagPipeline, type RagPipeline } from "../src/index.ts";
import { courseIndex, GLOSSARY } from "./small-course.ts";

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function pipelineWith(script: Parameters<typeof startScriptedServer>[0]): Promise<RagPipeline> {
  server = await startScriptedServer(script);
  const { chat } = await resolveModels(
    {
      provider: "custom",
      baseUrl: server.url,
      apiKey: "test",
      chatModel: "scripted",
      maxRetries: 0,
      timeoutMs: 5_000,
    },
    {},
  );
  return createRagPipeline({
    index: await courseIndex(),
    knowledge: { glossary: GLOSSARY },
    models: { chat },
  });
}

async function collect(stream: AsyncIterable<AnswerEvent>): Promise<AnswerEvent[]> {
  const all: AnswerEvent[] = [];
  for await (const event of stream) all.push(event);
  return all;
}

function finish(all: readonly AnswerEvent[]): Answer {
  expect(all.filter((event) => event.type === "done")).toHaveLength(1);
  const last = all.at(-1);
  if (last?.type !== "done") throw new Error(`the last event is ${last?.type}`);
  return last.answer;
}

/** The number under which the prompt shows the source with this text. */
function markerOf(text: string): number {
  const prompt = JSON.stringify(server?.requests.at(-1)?.body.messages);
  const before = prompt.slice(0, prompt.indexOf(text));
  return Number(
    before
      .match(/\[(\d+)\] /g)
      ?.at(-1)
      ?.match(/\d+/)?.[0],
  );
}

describe("an answer written by a model", () => {
  it("streams text and reasoning, then checked citations, usage and done", async () => {
    const pipeline = await pipelineWith(() =>
      reply.text(`LoRA 冻结原有权重，只训练两个低秩矩阵 A 和 B。[${markerOf("它冻结原有权重")}]`, {
        reasoning: "先查定义。",
        usage: { inputTokens: 321, outputTokens: 45 },
      }),
    );
    const all = await collect(pipeline.answer("什么是 LoRA？"));
    expect(all.filter((event) => event.type === "text").length).toBeGreaterThan(1);
    expect(all.flatMap((event) => (event.type === "reasoning" ? event.delta : [])).join("")).toBe(
      "先查定义。",
    );
    expect(all.map((event) => event.type).slice(-3)).toEqual(["citation", "usage", "done"]);
    expect(all).toContainEqual({ type: "usage", inputTokens: 321, outputTokens: 45 });
    const answer = finish(all);
    expect(answer).toMatchObject({ mode: "generative", outcome: "answered" });
    expect(answer.citations).toHaveLength(1);
    expect(answer.citations[0]).toMatchObject({
      documentId: "4.2",
      supported: true,
      quote: "它冻结原有权重，只训练两个低秩矩阵 A 和 B，把它们的乘积加到原权重上。",
    });
  });

  it("shows a made-up source for what it is", async () => {
    const pipeline = await pipelineWith(["LoRA 由火星人发明。[99]"]);
    const answer = finish(await collect(pipeline.answer("什么是 LoRA？")));
    expect(answer.citations).toEqual([
      { marker: 99, documentId: "", blockId: "", headingPath: [], quote: "", supported: false },
    ]);
    expect(answer.outcome).toBe("partial");
  });

  it.each([
    ["a number that is not there", "GPT-3 有 9999 亿个参数。"],
    ["a name that is not there", "GPT-4 有 1750 亿个参数。"],
    ["a negation that is not there", "GPT-3 没有 1750 亿个参数。"],
    ["another matter", "香蕉富含钾元素，很有营养。"],
  ])("marks %s as unsupported", async (_what, claim) => {
    const pipeline = await pipelineWith(() => `${claim}[${markerOf("大语言模型的“大”有三层含义")}]`);
    const answer = finish(await collect(pipeline.answer("GPT-3 有多少参数？")));
    expect(answer.citations.map((citation) => citation.supported)).toEqual([false]);
  });

  it("fences the sources as data and asks for their numbers", async () => {
    const pipeline = await pipelineWith(["不知道。"]);
    await collect(pipeline.answer("什么是 LoRA？"));
    const prompt = JSON.stringify(server?.requests[0]?.body.messages);
    expect(prompt).toMatch(/<<<untrusted [0-9a-f]{32}/);
    expect(prompt).toContain("[1] ");
  });

  it("keeps what arrived when the stream breaks off", async () => {
    const pipeline = await pipelineWith([
      reply.fault.cutMidStream(3, {
        text: "LoRA 冻结原有权重，只训练两个低秩矩阵。后面还有很多话要说，但是线断了。",
      }),
    ]);
    const all = await collect(pipeline.answer("什么是 LoRA？"));
    const types = all.map((event) => event.type);
    expect(types).toContain("error");
    expect(types.filter((type) => type === "usage")).toHaveLength(1);
    const answer = finish(all);
    expect(answer.mode).toBe("generative");
    expect(answer.outcome).toBe("partial");
    expect(answer.text.length).toBeGreaterThan(0);
    expect(
      "LoRA 冻结原有权重，只训练两个低秩矩阵。后面还有很多话要说，但是线断了。".startsWith(answer.text),
    ).toBe(true);
  });

  it("quotes the documents when the model fails before its first word", async () => {
    const pipeline = await pipelineWith([reply.fault.serverError()]);
    const all = await collect(pipeline.answer("什么是 LoRA？"));
    const error = all.find((event) => event.type === "error");
    expect(error).toMatchObject({ error: { code: "model-failed" } });
    const answer = finish(all);
    expect(answer).toMatchObject({ mode: "extractive", outcome: "answered" });
    expect(answer.text).toContain("参数高效微调方法");
    expect(answer.citations.length).toBeGreaterThan(0);
  });

  it("refuses when the model says that the sources hold no answer", async () => {
    const pipeline = await pipelineWith([reply.text("NOT_COVERED", { chunks: ["NOT", "_COV", "ERED"] })]);
    const all = await collect(pipeline.answer("LoRA 的作者毕业于哪所大学？"));
    const answer = finish(all);
    expect(answer.refused?.reason).toBe("not-covered");
    expect(answer.text).not.toContain("NOT_COVERED");
    expect(all.flatMap((event) => (event.type === "text" ? event.delta : [])).join("")).toBe(answer.text);
  });

  it("asks no model about what is far off the topic", async () => {
    const pipeline = await pipelineWith([]);
    const answer = finish(await collect(pipeline.answer("今天天气怎么样？")));
    expect(answer.outcome).toBe("refused");
    expect(server?.requests).toHaveLength(0);
  });

  it("cancels the request upstream when aborted", async () => {
    const pipeline = await pipelineWith([reply.text("很长的回答。".repeat(50), { chunkDelayMs: 20 })]);
    const controller = new AbortController();
    const reading = (async () => {
      for await (const event of pipeline.answer("什么是 LoRA？", { signal: controller.signal }))
        if (event.type === "text") controller.abort(new Error("reader left"));
    })();
    await expect(reading).rejects.toThrow();
    expect(await server?.requests[0]?.ended).toBe("aborted");
  });

  it("cancels the request upstream when the reader stops reading", async () => {
    const pipeline = await pipelineWith([reply.text("很长的回答。".repeat(50), { chunkDelayMs: 20 })]);
    for await (const event of pipeline.answer("什么是 LoRA？")) if (event.type === "text") break;
    expect(await server?.requests[0]?.ended).toBe("aborted");
  });

  it("has the model rewrite a follow-up, and does without when that fails", async () => {
    const history = [{ role: "user" as const, content: "什么是 LoRA？" }];
    const rewritten = await pipelineWith(["LoRA 有什么缺点？", "秩太小时表达能力不足。[1]"]);
    expect((await collect(rewritten.answer("它有什么缺点？", { history })))[0]).toMatchObject({
      type: "understood",
      question: "LoRA 有什么缺点？",
    });
    await server?.close();
    const failing = await pipelineWith([reply.fault.serverError(), "秩太小时表达能力不足。[1]"]);
    expect((await collect(failing.answer("它有什么缺点？", { history })))[0]).toMatchObject({
      type: "understood",
      question: "LoRA有什么缺点？",
    });
  });
});
