import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveModels } from "@zixue/models";
import { reply, startScriptedServer } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { type Answer, type AnswerEvent, createRagPipeline, MemoryIndex, RagError } from "../src/index.ts";
import { courseIndex, courseKnowledge, GLOSSARY, sectionDocuments } from "./small-course.ts";

async function events(stream: AsyncIterable<AnswerEvent>): Promise<AnswerEvent[]> {
  const all: AnswerEvent[] = [];
  for await (const event of stream) all.push(event);
  return all;
}

function answerOf(all: readonly AnswerEvent[]): Answer {
  const last = all.at(-1);
  if (last?.type !== "done") throw new Error(`the last event is ${last?.type}`);
  return last.answer;
}

describe("createRagPipeline", () => {
  it("streams understood, retrieved, text, citations and done, in this order", async () => {
    const pipeline = await createRagPipeline({
      index: await courseIndex(),
      knowledge: { glossary: GLOSSARY },
    });
    const all = await events(pipeline.answer("什么是涌现能力？"));
    expect(all.map((event) => event.type).filter((type, index, types) => type !== types[index - 1])).toEqual([
      "understood",
      "retrieved",
      "text",
      "citation",
      "done",
    ]);
    const answer = answerOf(all);
    expect(all.flatMap((event) => (event.type === "text" ? event.delta : [])).join("")).toBe(answer.text);
    expect(answer.text).toContain("小模型上没有、当规模越过某个阈值后突然出现的能力");
    expect(answer).toMatchObject({ mode: "extractive", outcome: "answered", refused: null });
  });

  it("cites with quotes that stand verbatim in the block", async () => {
    const index = await courseIndex();
    const pipeline = await createRagPipeline({ index, knowledge: { glossary: GLOSSARY } });
    for (const question of [
      "LoRA 有什么缺点？",
      "GPT-3 有多少参数？",
      "KV cache 是什么？",
      "微调有哪些步骤？",
    ]) {
      const { citations } = answerOf(await events(pipeline.answer(question)));
      expect(citations.length).toBeGreaterThan(0);
      for (const citation of citations) {
        const chunks = await index.chunksOf(citation.documentId);
        const holder = chunks.find((chunk) => chunk.blockIds.includes(citation.blockId));
        expect(holder?.text).toContain(citation.quote);
        expect(citation.supported).toBe(true);
      }
    }
  });

  it("rejects an empty and an overlong question before any event", async () => {
    const pipeline = await createRagPipeline({ index: await courseIndex() });
    for (const question of ["", "  \n\u0000", "长".repeat(4001)])
      await expect(events(pipeline.answer(question))).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("needs a folder or an index", async () => {
    await expect(createRagPipeline({})).rejects.toBeInstanceOf(RagError);
  });

  it("stops when aborted", async () => {
    const pipeline = await createRagPipeline({ index: await courseIndex() });
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(events(pipeline.answer("什么是 LoRA？", { signal }))).rejects.toThrow("stop");
  });

  it("keeps to the filter, the question bank included", async () => {
    const pipeline = await createRagPipeline({
      index: await courseIndex(),
      knowledge: await courseKnowledge(),
    });
    const { passages } = await pipeline.retrieve("什么是涌现能力？它和缩放定律是什么关系？", {
      filter: { part: 2 },
    });
    expect(new Set(passages.map((passage) => passage.documentId))).not.toContain("1.3");
  });

  it("serves LangChain as a retriever and as a tool with citations", async () => {
    const pipeline = await createRagPipeline({
      index: await courseIndex(),
      knowledge: { glossary: GLOSSARY },
    });
    const documents = await pipeline.asRetriever({ limit: 2 }).invoke("什么是投机解码？");
    expect(documents).toHaveLength(2);
    expect(documents[0]).toMatchObject({ metadata: { documentId: "6.2" } });
    const message = await pipeline
      .asTool({ name: "search_course" })
      .invoke({ type: "tool_call", id: "1", name: "search_course", args: { question: "什么是投机解码？" } });
    expect(message.content).toMatch(/^\[1\] 推理优化技术/);
    expect(message.artifact.citations[0]).toMatchObject({ marker: 1, documentId: "6.2", supported: true });
  });
});

describe("a pipeline over a folder", () => {
  it("ingests, answers, and answers again when it is opened anew", async () => {
    const folder = await mkdtemp(join(tmpdir(), "zixue-pipeline-"));
    try {
      const first = await createRagPipeline({ folder, knowledge: { glossary: GLOSSARY } });
      expect(await first.ingest(await sectionDocuments())).toMatchObject({ added: 3, failed: [] });
      const before = answerOf(await events(first.answer("LoRA 有什么缺点？")));
      await first.close();
      const second = await createRagPipeline({ folder, knowledge: { glossary: GLOSSARY } });
      expect(await second.ingest(await sectionDocuments())).toMatchObject({ added: 0, unchanged: 3 });
      expect(answerOf(await events(second.answer("LoRA 有什么缺点？")))).toEqual(before);
      expect(before.text).toContain("LoRA 的缺点是");
      await second.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("searches by vector and reranks when there are models, and does without one that fails", async () => {
    await using server = await startScriptedServer({
      embeddings: (_request, n) => (n < 2 ? reply.vectors() : reply.fault.serverError()),
      rerank: (_request, n) => (n === 0 ? reply.scores() : reply.fault.serverError()),
    });
    const endpoint = { provider: "custom", baseUrl: server.url, apiKey: "test" };
    const { embeddings, reranker } = await resolveModels(
      {
        provider: "none",
        embeddings: { ...endpoint, model: "scripted" },
        rerank: { ...endpoint, model: "scripted" },
        maxRetries: 0,
      },
      {},
    );
    const index = new MemoryIndex();
    const pipeline = await createRagPipeline({ index, models: { embeddings, reranker } });
    await pipeline.ingest(await sectionDocuments());
    const found = await pipeline.retrieve("什么是投机解码？");
    expect(found.problems).toEqual([]);
    expect(found.similarity).toBeGreaterThan(0);
    const without = await pipeline.retrieve("什么是投机解码？");
    expect(without.problems.map((problem) => problem.stage)).toEqual(["embeddings", "rerank"]);
    expect(without.passages[0]?.documentId).toBe("6.2");
  });
});
