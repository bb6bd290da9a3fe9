import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { DocumentEmbeddings, IngestProgress, ParsedDocument } from "../src/index.ts";
import { ingest, LocalIndex, MemoryIndex, planIngest, RagError } from "../src/index.ts";
import { parsedDocument, splitParagraphs } from "./documents.ts";

const root = mkdtempSync(path.join(tmpdir(), "zixue-ingest-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(path.join(root, "index-"));

const documents = [
  parsedDocument("a", ["注意力机制。", "多头注意力。"]),
  parsedDocument("b", ["反向传播。"]),
  parsedDocument("c", ["低秩适配。"]),
];
const split = splitParagraphs;

/** Vectors that follow from the text; counts what it is asked for. */
function countingEmbeddings(fault: (text: string) => "zeros" | "error" | undefined = () => undefined) {
  const asked: string[] = [];
  const embeddings: DocumentEmbeddings = {
    async embedDocuments(texts) {
      asked.push(...texts);
      return texts.map((text) => {
        if (fault(text) === "error") throw new Error("HTTP 400: the text is too long");
        return fault(text) === "zeros" ? [0, 0, 0] : [text.length, text.charCodeAt(0) % 97, 1];
      });
    },
  };
  return { embeddings, asked };
}

describe("planIngest", () => {
  it("tells new, changed, unchanged and gone documents by their hash", async () => {
    const index = new MemoryIndex();
    await ingest({ index, documents, split });
    const next = [documents[0]!, parsedDocument("b", ["改过。"]), parsedDocument("d", ["新的。"])];
    expect(await planIngest(index, next)).toEqual({
      added: ["d"],
      changed: ["b"],
      unchanged: ["a"],
      gone: ["c"],
    });
    expect((await index.documents()).size).toBe(3);
  });
});

describe("ingest", () => {
  it("adds everything once, and does nothing the second time", async () => {
    const index = await LocalIndex.open({ folder: newFolder() });
    expect(await ingest({ index, documents, split })).toMatchObject({
      added: 3,
      changed: 0,
      unchanged: 0,
      chunks: 4,
      failed: [],
    });
    const spy = vi.fn(split);
    expect(await ingest({ index, documents, split: spy, prune: true })).toMatchObject({
      added: 0,
      unchanged: 3,
      removed: 0,
      chunks: 0,
    });
    expect(spy).not.toHaveBeenCalled();
    expect((await index.stats()).revision).toBe(1);
    await index.close();
  });

  it("splits, embeds and writes an edited document alone", async () => {
    const index = await LocalIndex.open({ folder: newFolder() });
    const many = Array.from({ length: 300 }, (_, n) => parsedDocument(`d${n}`, [`第${n}篇。`]));
    await ingest({ index, documents: many, split, embeddings: countingEmbeddings().embeddings });
    const { revision } = await index.stats();
    const edited = many.with(7, parsedDocument("d7", ["第7篇,改过。"]));
    const { embeddings, asked } = countingEmbeddings();
    const spy = vi.fn(split);
    const report = await ingest({ index, documents: edited, split: spy, embeddings });
    expect(report).toMatchObject({ added: 0, changed: 1, unchanged: 299, chunks: 1 });
    expect(spy.mock.calls.map(([document]) => document.id)).toEqual(["d7"]);
    expect(asked).toHaveLength(1);
    expect((await index.stats()).revision).toBe(revision + 1);
    expect((await index.chunksOf("d7")).map(({ text }) => text)).toEqual(["第7篇,改过。"]);
    await index.close();
  });

  it("removes documents that are gone only when it is told to", async () => {
    const index = new MemoryIndex();
    await ingest({ index, documents, split });
    expect(await ingest({ index, documents: documents.slice(1), split })).toMatchObject({ removed: 0 });
    expect(await ingest({ index, documents: documents.slice(1), split, prune: true })).toMatchObject({
      removed: 1,
      unchanged: 2,
    });
    expect([...(await index.documents()).keys()]).toEqual(["b", "c"]);
  });

  it("reports a document that cannot be split or read, keeps its old state, and takes the rest", async () => {
    const index = new MemoryIndex();
    await ingest({ index, documents, split });
    const broken = new RagError("invalid-document", "a broken file");
    const report = await ingest({
      index,
      documents: [
        parsedDocument("a", ["改过。"]),
        { documentId: "b", error: broken },
        parsedDocument("d", ["新的。"]),
      ],
      split: (document) => {
        if (document.id === "a") throw new Error("cannot split this");
        return split(document);
      },
      prune: true,
    });
    expect(report).toMatchObject({ added: 1, removed: 1 });
    expect(report.failed.map(({ documentId, error }) => [documentId, error.message])).toEqual([
      ["a", "cannot split this"],
      ["b", "a broken file"],
    ]);
    expect([...(await index.documents()).keys()].sort()).toEqual(["a", "b", "d"]);
    expect((await index.chunksOf("a"))[0]!.text).toBe("注意力机制。");
  });

  it("reports a document whose chunks the index refuses, and takes the rest of its batch", async () => {
    const index = new MemoryIndex();
    const report = await ingest({
      index,
      documents,
      split: (document) => (document.id === "b" ? [...split(document), ...split(document)] : split(document)),
    });
    expect(report).toMatchObject({
      added: 2,
      failed: [{ documentId: "b", error: { code: "invalid-input" } }],
    });
  });

  it.each(["zeros", "error"] as const)(
    "reports the document for which a model gives %s, and takes the rest",
    async (fault) => {
      const index = new MemoryIndex();
      const { embeddings } = countingEmbeddings((text) => (text.includes("反向传播") ? fault : undefined));
      const report = await ingest({ index, documents, split, embeddings });
      expect(report).toMatchObject({ added: 2, failed: [{ documentId: "b" }] });
      expect(report.failed[0]!.error).toMatchObject({
        code: fault === "zeros" ? "invalid-vector" : "model-failed",
      });
      expect((await index.documents()).has("b")).toBe(false);
    },
  );

  it("ends when the model fails for everything, instead of asking for every document", async () => {
    const index = new MemoryIndex();
    const many = Array.from({ length: 100 }, (_, n) => parsedDocument(`d${n}`, [`第${n}篇。`]));
    const { embeddings, asked } = countingEmbeddings(() => "error");
    await expect(ingest({ index, documents: many, split, embeddings })).rejects.toMatchObject({
      code: "model-failed",
    });
    expect(asked.length).toBeLessThanOrEqual(103);
  });

  it("takes the first of two documents with one id and reports the second", async () => {
    const index = new MemoryIndex();
    const report = await ingest({
      index,
      documents: [documents[0]!, parsedDocument("a", ["另一个。"])],
      split,
    });
    expect(report).toMatchObject({ added: 1, failed: [{ documentId: "a" }] });
    expect((await index.chunksOf("a"))[0]!.text).toBe("注意力机制。");
  });

  it("commits in batches while it reads, and keeps them when the source breaks off or the caller aborts", async () => {
    const index = await LocalIndex.open({ folder: newFolder() });
    async function* source(): AsyncGenerator<ParsedDocument> {
      for (let n = 0; n < 600; n++) yield parsedDocument(`d${n}`, [`第${n}篇。`]);
      throw new Error("the source broke");
    }
    await expect(ingest({ index, documents: source(), split })).rejects.toThrow("the source broke");
    expect((await index.documents()).size).toBe(600);
    expect((await index.stats()).revision).toBe(3);

    const controller = new AbortController();
    const progress: IngestProgress[] = [];
    const more = Array.from({ length: 600 }, (_, n) => parsedDocument(`e${n}`, [`第${n}篇。`]));
    const run = ingest({
      index,
      documents: more,
      split,
      signal: controller.signal,
      onProgress: (event) => {
        progress.push(event);
        if (event.done === 300) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: "aborted" });
    expect((await index.documents()).size).toBe(600 + progress.length);
    expect(await ingest({ index, documents: more, split })).toMatchObject({
      unchanged: progress.length,
      added: 600 - progress.length,
    });
    await index.close();
  });

  it("brings one changed document among 10,000 in for at most 2 % of a full ingest", {
    timeout: 120_000,
  }, async () => {
    const index = await LocalIndex.open({ folder: newFolder() });
    const paragraph =
      "注意力机制让模型在生成每个词时关注输入中最相关的部分,查询与键的相似度决定权重。".repeat(5);
    const many = Array.from({ length: 10_000 }, (_, n) =>
      parsedDocument(`d${n}`, [`第${n}篇。${paragraph}`]),
    );
    // Processor time: what else the machine does at the moment must not count.
    const busy = async () => {
      const before = process.cpuUsage();
      const report = await ingest({ index, documents: many, split });
      const { user, system } = process.cpuUsage(before);
      return { report, time: user + system };
    };
    const full = await busy();
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      many[run * 2000] = parsedDocument(`d${run * 2000}`, [`改过${run}。${paragraph}`]);
      const { report, time } = await busy();
      expect(report).toMatchObject({ changed: 1, unchanged: 9999, chunks: 1 });
      times.push(time);
    }
    expect(Math.min(...times) / full.time).toBeLessThan(0.02);
    await index.close();
  });
});
