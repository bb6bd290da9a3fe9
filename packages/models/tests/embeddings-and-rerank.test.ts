import {
  type EndpointScripts,
  reply,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from "@zixue/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type ModelConfig, ModelsError, resolveModels } from "../src/index.ts";

let server: ScriptedServer;
afterEach(() => server.close());

async function modelsWith(
  scripts: EndpointScripts = {},
  options: ScriptedServerOptions = {},
  config: ModelConfig = {},
) {
  server = await startScriptedServer(scripts, options);
  const { embeddings, reranker } = await resolveModels(
    {
      maxRetries: 0,
      ...config,
      embeddings: { baseUrl: server.url, model: "bge-m3", ...config.embeddings },
      rerank: { baseUrl: server.url, model: "reranker" },
    },
    {},
  );
  return { embeddings: embeddings!, reranker: reranker! };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error: unknown) => {
      expect(error).toBeInstanceOf(ModelsError);
      expect((error as Error).message).toContain("custom");
      return (error as ModelsError).code;
    },
  );

describe("embeddings", () => {
  it("ask for floats, in batches within the limit, and come back in order", async () => {
    const { embeddings } = await modelsWith(
      {},
      { embeddingBatchLimit: 3, dimensions: 16 },
      { embeddings: { batchSize: 3 } },
    );
    const texts = Array.from({ length: 10 }, (_, i) => `第${i}段`);
    const vectors = await embeddings.embedDocuments(texts);
    expect(vectors).toHaveLength(10);
    expect(server.requests).toHaveLength(4);
    expect(server.requests.every(({ body }) => body.encoding_format === "float")).toBe(true);
    expect(server.requests.every(({ body }) => body.dimensions === undefined)).toBe(true);
    expect(await embeddings.embedQuery("第7段")).toEqual(vectors[7]);
    expect(await embeddings.embedDocuments([])).toEqual([]);
  });

  it("know their dimensions after the first answer, or before it when told", async () => {
    const { embeddings } = await modelsWith({}, { dimensions: 24 });
    expect(embeddings.dimensions).toBeUndefined();
    expect(embeddings.fingerprint).toBe("custom/bge-m3/unknown");
    expect(await embeddings.probe()).toEqual({ dimensions: 24, fingerprint: "custom/bge-m3/24" });
    await server.close();
    const told = await modelsWith({}, {}, { embeddings: { dimensions: 8 } });
    expect(told.embeddings.fingerprint).toBe("custom/bge-m3/8");
    expect(await told.embeddings.embedQuery("x")).toHaveLength(8);
    expect(server.requests[0]?.body.dimensions).toBe(8);
  });

  it("refuse vectors of another length than asked, as from a server that ignores dimensions", async () => {
    const { embeddings } = await modelsWith({}, { dialect: "llama-cpp" }, { embeddings: { dimensions: 8 } });
    expect(await codeOf(embeddings.embedQuery("x"))).toBe("invalid-vector");
  });

  it.each([
    ["zero", reply.fault.zeroVectors()],
    ["not numbers", reply.fault.nanVectors()],
    ["missing", reply.fault.missingVectors()],
    [
      "of mixed lengths",
      reply.vectors([
        [1, 2],
        [1, 2, 3],
      ]),
    ],
    ["too many", reply.vectors([[1], [1], [1]])],
    ["empty", reply.vectors([[], []])],
  ])("refuse vectors that are %s", async (_, flaw) => {
    const { embeddings } = await modelsWith({ embeddings: [flaw] });
    expect(await codeOf(embeddings.embedDocuments(["a", "b"]))).toBe("invalid-vector");
  });

  it("refuse a later vector of another length than the first", async () => {
    const { embeddings } = await modelsWith({
      embeddings: [reply.vectors(), reply.fault.wrongLengthVectors()],
    });
    await embeddings.embedQuery("a");
    expect(await codeOf(embeddings.embedQuery("b"))).toBe("invalid-vector");
  });

  it("go by the index, and read base64 from a server that sends it unasked", async () => {
    const bytes = Buffer.from(Float32Array.from([0.5, -2]).buffer).toString("base64");
    const data = [
      { index: 1, embedding: bytes },
      { index: 0, embedding: [3, 4] },
    ];
    const { embeddings } = await modelsWith({
      embeddings: [reply.raw(JSON.stringify({ data })), reply.fault.outOfOrderVectors(), reply.vectors()],
    });
    expect(await embeddings.embedDocuments(["a", "b"])).toEqual([
      [3, 4],
      [0.5, -2],
    ]);
  });

  it("refuse empty texts before sending anything", async () => {
    const { embeddings } = await modelsWith();
    await expect(embeddings.embedDocuments(["a", " "])).rejects.toMatchObject({
      code: "invalid-input",
      message: expect.stringContaining("Text 2 of 2"),
    });
    expect(server.requests).toHaveLength(0);
  });

  it("try again after 429 and 500, and report what stays", async () => {
    const { embeddings } = await modelsWith(
      {
        embeddings: [
          reply.fault.rateLimit({ retryAfter: 0 }),
          reply.fault.serverError(),
          reply.vectors(),
          reply.fault.unauthorized(),
        ],
      },
      {},
      { maxRetries: 2 },
    );
    expect(await embeddings.embedQuery("a")).toHaveLength(64);
    expect(await codeOf(embeddings.embedQuery("a"))).toBe("unauthorized");
    expect(server.requests).toHaveLength(4);
  });

  it("report slow, broken and foreign answers", async () => {
    const { embeddings } = await modelsWith(
      {
        embeddings: [
          reply.fault.slow(5000, reply.vectors()),
          reply.fault.badJson(),
          reply.raw("{}"),
          reply.raw("<html>", { status: 404 }),
        ],
      },
      {},
      { timeoutMs: 60 },
    );
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push(await codeOf(embeddings.embedQuery("a")));
    expect(codes).toEqual(["timeout", "bad-response", "bad-response", "model-not-found"]);
  });

  it("stop at an abort, at the provider too", async () => {
    const { embeddings } = await modelsWith({ embeddings: [reply.fault.hang()] });
    const controller = new AbortController();
    const call = codeOf(embeddings.embedDocuments(["a"], { signal: controller.signal }));
    const request = await server.waitForRequest();
    controller.abort();
    expect(await call).toBe("aborted");
    expect(await request.ended).toBe("aborted");
  });

  it("stop the other batches when one fails", async () => {
    const script = (_: unknown, n: number) =>
      n === 0 ? reply.vectors() : n === 1 ? reply.fault.unauthorized() : reply.fault.hang();
    const { embeddings } = await modelsWith({ embeddings: script }, {}, { embeddings: { batchSize: 1 } });
    expect(await codeOf(embeddings.embedDocuments(["a", "b", "c", "d"]))).toBe("unauthorized");
    for (const request of server.requests) expect(["sent", "aborted"]).toContain(await request.ended);
  });
});

describe("rerank", () => {
  it("orders documents best first, and returns no more than asked", async () => {
    const { reranker } = await modelsWith({
      rerank: [reply.scores([0.2, 0.9, 0.5]), reply.scores([0.2, 0.9, 0.5])],
    });
    expect(await reranker.rerank("q", ["a", "b", "c"])).toEqual([
      { index: 1, score: 0.9 },
      { index: 2, score: 0.5 },
      { index: 0, score: 0.2 },
    ]);
    expect(await reranker.rerank("q", ["a", "b", "c"], { topN: 1 })).toEqual([{ index: 1, score: 0.9 }]);
    expect(server.requests[1]?.body).toMatchObject({ model: "reranker", query: "q", top_n: 1 });
    expect(await reranker.rerank("q", [])).toEqual([]);
  });

  it("reads the other shapes of answer, and refuses results that make no sense", async () => {
    const bodies = [
      { data: [{ index: 0, relevance_score: 1 }] },
      { output: { results: [{ index: 0, relevance_score: 1 }] } },
      [{ index: 0, score: 1 }],
      { results: [{ index: 5, relevance_score: 1 }] },
      { results: [{ index: 0, relevance_score: "high" }] },
      {
        results: [
          { index: 0, relevance_score: 1 },
          { index: 0, relevance_score: 1 },
        ],
      },
      { message: "ok" },
    ];
    const { reranker } = await modelsWith({ rerank: bodies.map((body) => reply.raw(JSON.stringify(body))) });
    for (let i = 0; i < 3; i++) expect(await reranker.rerank("q", ["a"])).toEqual([{ index: 0, score: 1 }]);
    for (let i = 3; i < bodies.length; i++)
      expect(await codeOf(reranker.rerank("q", ["a"]))).toBe("bad-response");
  });

  it("refuses an empty query and a wrong topN, and stops at an abort", async () => {
    const { reranker } = await modelsWith({ rerank: [reply.fault.hang()] });
    await expect(reranker.rerank(" ", ["a"])).rejects.toMatchObject({ code: "invalid-input" });
    await expect(reranker.rerank("q", ["a"], { topN: 0 })).rejects.toMatchObject({ code: "invalid-input" });
    expect(await codeOf(reranker.rerank("q", ["a"], { signal: AbortSignal.timeout(50) }))).toBe("aborted");
  });
});
