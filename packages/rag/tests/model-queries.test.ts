import { resolveModels } from "@zixue/models";
import { type Reply, reply, type ScriptedServer, startScriptedServer } from "@zixue/testkit";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createRagPipeline, RagError } from "../src/index.ts";
import { parseQueries } from "../src/retrieve/model-queries.ts";
import { courseIndex, GLOSSARY } from "./small-course.ts";

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function pipelineWith(script: readonly (Reply | string)[] | (() => Reply), count = 3) {
  server = await startScriptedServer(script);
  const endpoint = { provider: "custom", baseUrl: server.url, apiKey: "test", chatModel: "scripted" };
  const { chat } = await resolveModels({ ...endpoint, maxRetries: 0, timeoutMs: 5_000 }, {});
  return createRagPipeline({
    index: await courseIndex(),
    knowledge: { glossary: GLOSSARY },
    models: { chat },
    queries: { count },
  });
}

describe("a pipeline that searches for a model's other wordings", () => {
  it("finds by them what the question's own words do not reach", async () => {
    const question = "怎样让生成变快却一字不差？";
    const plain = await createRagPipeline({ index: await courseIndex(), useQuestionBank: false });
    const before = (await plain.retrieve(question)).passages.map(({ headingPath }) => headingPath.join());
    expect(before[0]).not.toBe("投机解码");
    const pipeline = await pipelineWith(["投机解码为什么不改变输出分布？\n草稿模型怎样并行验证？"]);
    const found = await pipeline.retrieve(question);
    expect(found.queries).toEqual(["投机解码为什么不改变输出分布？", "草稿模型怎样并行验证？"]);
    expect(found.passages[0]?.headingPath).toContain("投机解码");
    expect(found.understood.question).toBe(question);
    expect(found.problems).toEqual([]);
  });

  it("asks for as many as wanted, in the language of the documents too where that is another", async () => {
    const pipeline = await pipelineWith(["一\n二\n三\n四\n五", "one\ntwo\n三"], 2);
    expect((await pipeline.retrieve("什么是 LoRA？")).queries).toHaveLength(2);
    const chinese = JSON.stringify(server?.requests[0]?.body.messages);
    expect(chinese).toContain("最多 2 条");
    expect(chinese).toContain("全部用中文");
    await pipeline.retrieve("What is LoRA?");
    expect(JSON.stringify(server?.requests[1]?.body.messages)).toContain("Write the last one in Chinese");
  });

  it.each<[string, Reply]>([
    ["fails", reply.fault.serverError()],
    ["runs on", reply.text("说个没完。".repeat(2_000))],
  ])("searches for the question alone and says so when the model %s", async (_what, answer) => {
    const plain = await createRagPipeline({ index: await courseIndex(), knowledge: { glossary: GLOSSARY } });
    const found = await (await pipelineWith(() => answer)).retrieve("什么是投机解码？");
    expect(found.problems.map(({ stage }) => stage)).toEqual(["queries"]);
    expect(found.queries).toEqual([]);
    expect(found.chunks.map(({ id }) => id)).toEqual(
      (await plain.retrieve("什么是投机解码？")).chunks.map(({ id }) => id),
    );
  });

  it("is not led away by a wording that has nothing to do with the documents", async () => {
    const found = await (await pipelineWith(["今天天气怎么样\n红烧肉的做法\n北京房价"])).retrieve(
      "什么是投机解码？",
    );
    expect(found.passages[0]?.headingPath).toContain("投机解码");
  });

  it("asks no model without the option, and refuses a count that makes no sense", async () => {
    server = await startScriptedServer([]);
    for (const count of [0, 9, 1.5])
      await expect(
        createRagPipeline({ index: await courseIndex(), queries: { count } }),
      ).rejects.toBeInstanceOf(RagError);
    const offline = await createRagPipeline({ index: await courseIndex(), queries: { count: 3 } });
    expect((await offline.retrieve("什么是投机解码？")).queries).toEqual([]);
  });

  it("hands a model's answer twice as many passages as it finds otherwise", async () => {
    const pipeline = await pipelineWith(() => reply.text("NOT_COVERED"));
    expect((await pipeline.retrieve("LoRA 有什么缺点？")).passages).toHaveLength(5);
    for await (const event of pipeline.answer("LoRA 有什么缺点？"))
      if (event.type === "retrieved") expect(event.passages.length).toBeGreaterThan(5);
    expect.assertions(2);
  });

  it("stops when aborted", async () => {
    const pipeline = await pipelineWith(() => reply.fault.hang());
    const controller = new AbortController();
    const waiting = pipeline.retrieve("什么是投机解码？", { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("reader left")), 30);
    await expect(waiting).rejects.toThrow("reader left");
  });
});

describe("parseQueries", () => {
  it.each<[string, string, string[]]>([
    ["one a line", "什么是低秩适配？\nLoRA 的原理", ["什么是低秩适配？", "LoRA 的原理"]],
    ["numbers and bullets", "1. 低秩适配\n- LoRA 原理\n(3) 适配器", ["低秩适配", "LoRA 原理", "适配器"]],
    ["an announcement", "以下是改写后的问题：\n低秩适配是什么", ["低秩适配是什么"]],
    ["JSON", '```json\n["低秩适配", "LoRA 原理"]\n```', ["低秩适配", "LoRA 原理"]],
    ["repeats", "什么是LoRA\n什么是 LoRA ?\n低秩适配\n低秩适配。", ["低秩适配"]],
    ["an essay", `${"长".repeat(300)}\n低秩适配`, ["低秩适配"]],
    ["nothing", "\n \n", []],
  ])("reads %s", (_what, text, expected) => {
    expect(parseQueries(text, "什么是 LoRA？")).toEqual(expected);
  });

  it("gives single lines of bounded length, without repeats", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const queries = parseQueries(text, "问题");
        expect(new Set(queries).size).toBe(queries.length);
        for (const query of queries) {
          expect(query).not.toMatch(/[\n\r]/u);
          expect(query.length).toBeGreaterThan(0);
          expect(query.length).toBeLessThanOrEqual(200);
        }
      }),
    );
  });
});
