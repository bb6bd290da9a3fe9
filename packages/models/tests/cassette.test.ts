import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { reply, startScriptedServer, withCassette } from "@zixue/testkit";
import { afterEach, expect, it, vi } from "vitest";
import { resolveModels } from "../src/index.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("chat, embeddings and rerank are recorded once and replayed without their host or their key", async () => {
  vi.stubEnv("CI", "");
  vi.stubEnv("ZIXUE_CASSETTES", "");
  const folder = await mkdtemp(path.join(tmpdir(), "cassettes-"));
  const server = await startScriptedServer(
    [
      reply.fault.rateLimit({ retryAfter: 0 }),
      reply.text("权重。", { reasoning: "想一想", chunks: ["权", "重。"] }),
      reply.toolCalls([{ name: "search", args: { query: "注意力" } }]),
    ],
    { dialect: "no-tool-call-ids" },
  );
  const use = async (origin: string, apiKey: string) => {
    const endpoint = { provider: "custom", baseUrl: `${origin}/v1`, apiKey };
    const { chat, embeddings, reranker } = await resolveModels(
      {
        ...endpoint,
        chatModel: "m",
        embeddings: { ...endpoint, model: "e", dimensions: 64 },
        rerank: { ...endpoint, baseUrl: `${origin}/v1/rerank`, model: "r" },
      },
      {},
    );
    const pieces: string[] = [];
    for await (const chunk of await chat!.stream("什么是注意力？")) pieces.push(chunk.text);
    const call = await chat!.invoke("查一下");
    return {
      pieces: pieces.filter((piece) => piece !== ""),
      calls: call.tool_calls?.map(({ name, args }) => ({ name, args })),
      vectors: await embeddings!.embedDocuments(["注意力机制", "梯度下降"]),
      ranks: await reranker!.rerank("注意力", ["天气很好", "注意力机制"]),
    };
  };
  try {
    const key = "key-0123456789abcdef";
    const recorded = await withCassette("models", () => use(server.origin, key), { folder, mode: "record" });
    await server.close();
    const options = { folder, unused: "fail" } as const;
    const replayed = await withCassette(
      "models",
      () => use("http://127.0.0.1:1", "other-key-000000"),
      options,
    );
    expect(recorded).toMatchObject({
      pieces: ["权", "重。"],
      calls: [{ name: "search" }],
      ranks: [{ index: 1 }, {}],
    });
    expect(replayed).toEqual(recorded);
    expect(await readFile(path.join(folder, "models.json"), "utf8")).not.toContain(key);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
