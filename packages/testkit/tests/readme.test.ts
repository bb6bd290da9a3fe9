import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import OpenAI from "openai";
import { expect, it, vi } from "vitest";
import * as testkit from "../src/index.ts";
import "../src/vitest.ts";

const README = await readFile(path.join(import.meta.dirname, "../README.md"), "utf8");
const snippets = new Map(
  [...README.matchAll(/```ts run ?(\w*)\n([\s\S]*?)```/g)].map(([, name, code]) => [
    name || "first",
    code ?? "",
  ]),
);

/** Runs a snippet of the README with what its imports and its surroundings give it. */
async function run(name: string, surroundings: Record<string, unknown> = {}): Promise<void> {
  // The snippets keep to what is JavaScript too.
  const script = (snippets.get(name) ?? assert.fail(`no snippet "${name}"`)).replace(/^import .*$/gm, "");
  const scope: Record<string, unknown> = { ...testkit, OpenAI, assert, expect, ...surroundings };
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction(...Object.keys(scope), script)(...Object.values(scope));
}

it("the first result of the README runs", () => run("first"));

it("its cassette snippet replays what was recorded", async () => {
  vi.stubEnv("CI", "");
  const folder = await mkdtemp(path.join(tmpdir(), "readme-"));
  const server = await testkit.startScriptedServer(["给每个词一个权重。"]);
  const client = () => new OpenAI({ baseURL: server.url, apiKey: "test", maxRetries: 0 });
  const ask = async (content: string) => {
    const messages = [{ role: "user" as const, content }];
    return (await client().chat.completions.create({ model: "m", messages })).choices[0]?.message.content;
  };
  try {
    vi.stubEnv("ZIXUE_CASSETTES", "record");
    await run("cassette", { ask, folder });
    await server.close();
    vi.stubEnv("ZIXUE_CASSETTES", "");
    await run("cassette", { ask, folder });
  } finally {
    vi.unstubAllEnvs();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

it("its matchers hold for the events of an agent and of an answer", async () => {
  const usage = {
    type: "usage",
    inputTokens: 90,
    outputTokens: 9,
    steps: 2,
    milliseconds: 5,
    cost: { amount: 0.01 },
  };
  const events = [{ type: "tool-call", id: "1", name: "search", args: { query: "什么是注意力" } }, usage];
  const answer = {
    text: "权重[1]",
    citations: [{ documentId: "1.3", quote: "给每个词一个权重", supported: true }],
  };
  await run("matchers", { events, answer, refused: [{ type: "refused", reason: "off-topic", nearest: [] }] });
});

it("its scripted model runs", () =>
  run("model", { add: { type: "function", function: { name: "add", parameters: { type: "object" } } } }));

it("every snippet that says so is run here", () => {
  expect([...snippets.keys()].sort()).toEqual(["cassette", "first", "matchers", "model"]);
});
