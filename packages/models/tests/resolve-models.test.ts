import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findPreset, loadEnvFile, presets, resolveModels } from "../src/index.ts";

const wrong = async (env: Record<string, string>) => {
  const error = await resolveModels({}, env).then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { code: string; details: { variable?: string } },
  );
  expect(error?.code).toBe("invalid-config");
  return error!;
};

describe("nothing set", () => {
  it("means offline, and says how to set a model", async () => {
    const models = await resolveModels({}, {});
    expect([models.chat, models.embeddings, models.reranker]).toEqual([undefined, undefined, undefined]);
    expect(models.describe()).toMatch(/离线.*\n.*DEEPSEEK_API_KEY/);
    expect(models.describe("en")).toMatch(/offline[\s\S]*ZIXUE_PROVIDER=ollama/);
  });

  it("counts an empty variable as not set", async () => {
    expect((await resolveModels({}, { ZIXUE_PROVIDER: "", OPENAI_API_KEY: " " })).chat).toBeUndefined();
  });

  it("does not load the model client", () => {
    const script = `
      const { resolveModels } = await import(${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)});
      await resolveModels({}, {});
      const began = performance.now();
      await import("@langchain/openai");
      console.log(performance.now() - began);`;
    const args = ["--import", "tsx", "--input-type=module", "-e", script];
    const cwd = new URL("..", import.meta.url);
    const milliseconds = Number(execFileSync(process.execPath, args, { encoding: "utf8", cwd }));
    // Had it been loaded already, importing it again would take well under a millisecond.
    expect(milliseconds).toBeGreaterThan(20);
  });
});

describe("a provider's own key", () => {
  it.each(presets.filter(({ keyRequired }) => keyRequired).map((preset) => [preset.name, preset] as const))(
    "is enough for %s",
    async (_, preset) => {
      const models = await resolveModels({}, { [preset.keyVariables[0]!]: "secret-key-of-mine" });
      expect(models.chat).toMatchObject({ model: preset.chatModel, provider: preset.name });
      expect(models.embeddings?.model).toBe(preset.embeddings?.model);
      if (preset.embeddings) expect(models.embeddings?.dimensions).toBeGreaterThan(0);
      expect(models.reranker === undefined).toBe(preset.rerank === undefined);
      expect(models.describe()).toContain(preset.chatModel);
      expect(models.describe("en") + models.describe("zh")).not.toContain("secret-key-of-mine");
    },
  );

  it("of the chosen provider is used when several are set", async () => {
    const keys = { OPENAI_API_KEY: "a", DEEPSEEK_API_KEY: "b" };
    expect((await resolveModels({}, keys)).chat).toMatchObject({ provider: "openai" });
    expect((await resolveModels({}, { ...keys, ZIXUE_PROVIDER: "deepseek" })).chat).toMatchObject({
      provider: "deepseek",
    });
    expect((await resolveModels({}, { ...keys, ZIXUE_PROVIDER: "none" })).chat).toBeUndefined();
  });
});

describe("parts", () => {
  it("come from other providers when named, and can be switched off", async () => {
    const env = {
      DEEPSEEK_API_KEY: "a",
      SILICONFLOW_API_KEY: "b",
      ZIXUE_PROVIDER: "deepseek",
      ZIXUE_EMBEDDINGS_PROVIDER: "siliconflow",
    };
    const models = await resolveModels({}, env);
    expect(models.chat).toMatchObject({ provider: "deepseek" });
    expect(models.embeddings).toMatchObject({
      provider: "siliconflow",
      model: "BAAI/bge-m3",
      dimensions: 1024,
    });
    expect(models.reranker).toBeUndefined();
    const off = await resolveModels(
      {},
      { SILICONFLOW_API_KEY: "b", ZIXUE_EMBEDDINGS_PROVIDER: "none", ZIXUE_RERANK_PROVIDER: "none" },
    );
    expect([off.embeddings, off.reranker]).toEqual([undefined, undefined]);
    expect(off.chat).toBeDefined();
  });

  it("work without a chat model", async () => {
    const models = await resolveModels({}, { ZIXUE_EMBEDDINGS_PROVIDER: "ollama" });
    expect(models.chat).toBeUndefined();
    expect(models.embeddings).toMatchObject({ provider: "ollama", dimensions: 1024 });
  });

  it("of a local provider are used only when asked for", async () => {
    expect((await resolveModels({}, { ZIXUE_PROVIDER: "ollama" })).embeddings).toBeUndefined();
    const asked = await resolveModels(
      {},
      { ZIXUE_PROVIDER: "ollama", ZIXUE_EMBEDDINGS_MODEL: "nomic-embed-text" },
    );
    expect(asked.embeddings).toMatchObject({ provider: "ollama", dimensions: 768 });
  });
});

describe("a program's settings", () => {
  it("go before the environment, group by group", async () => {
    const env = {
      ZIXUE_PROVIDER: "deepseek",
      ZIXUE_API_KEY: "d",
      ZIXUE_CHAT_MODEL: "deepseek-v4-pro",
      OPENAI_API_KEY: "o",
    };
    expect((await resolveModels({ chatModel: "x" }, env)).chat).toMatchObject({
      provider: "deepseek",
      model: "x",
    });
    expect((await resolveModels({ provider: "openai" }, env)).chat).toMatchObject({
      provider: "openai",
      model: "gpt-4.1-mini",
      apiKey: "o",
    });
  });

  it("accept any OpenAI-compatible URL", async () => {
    const models = await resolveModels({ baseUrl: "http://127.0.0.1:9/v1/", chatModel: "m" }, {});
    expect(models.chat).toMatchObject({ provider: "custom", model: "m" });
    expect(models.describe("en")).toContain("http://127.0.0.1:9/v1");
  });
});

describe("wrong settings name the variable, what is accepted and an example", () => {
  it.each([
    [
      "an unknown provider",
      { ZIXUE_PROVIDER: "gpt" },
      "ZIXUE_PROVIDER",
      /deepseek, qwen[\s\S]*Example: ZIXUE_PROVIDER=/,
    ],
    ["no key", { ZIXUE_PROVIDER: "qwen" }, "DASHSCOPE_API_KEY", /Example: DASHSCOPE_API_KEY=/],
    ["no base URL", { ZIXUE_PROVIDER: "custom" }, "ZIXUE_BASE_URL", /Example: ZIXUE_BASE_URL=http/],
    ["no model", { ZIXUE_PROVIDER: "lmstudio" }, "ZIXUE_CHAT_MODEL", /Example: ZIXUE_CHAT_MODEL=/],
    ["a key without a provider", { ZIXUE_API_KEY: "k" }, "ZIXUE_PROVIDER", /ZIXUE_API_KEY is set/],
    ["a model without a provider", { ZIXUE_CHAT_MODEL: "m" }, "ZIXUE_PROVIDER", /ZIXUE_CHAT_MODEL is set/],
    ["no URL", { ZIXUE_BASE_URL: "localhost", ZIXUE_CHAT_MODEL: "m" }, "ZIXUE_BASE_URL", /no URL/],
    [
      "another protocol",
      { ZIXUE_BASE_URL: "ftp://x/v1", ZIXUE_CHAT_MODEL: "m" },
      "ZIXUE_BASE_URL",
      /http:\/\//,
    ],
    [
      "a full endpoint URL",
      { ZIXUE_BASE_URL: "http://x/v1/chat/completions", ZIXUE_CHAT_MODEL: "m" },
      "ZIXUE_BASE_URL",
      /base URL, without/,
    ],
    [
      "no number",
      { ZIXUE_EMBEDDINGS_DIMENSIONS: "many" },
      "ZIXUE_EMBEDDINGS_DIMENSIONS",
      /whole number[\s\S]*Example/,
    ],
    ["a negative number", { ZIXUE_MAX_RETRIES: "-1" }, "ZIXUE_MAX_RETRIES", /at least 0/],
    [
      "no embedding model",
      { DEEPSEEK_API_KEY: "k", ZIXUE_EMBEDDINGS_PROVIDER: "deepseek" },
      "ZIXUE_EMBEDDINGS_MODEL",
      /no default embeddings model/,
    ],
  ])("%s", async (_, env, variable, message) => {
    const error = await wrong(env as Record<string, string>);
    expect(error.details.variable).toBe(variable);
    expect(error.message).toContain(variable);
    expect(error.message).toMatch(message);
  });
});

describe("presets", () => {
  it("are found by name and alias, have distinct names and consistent data", () => {
    expect(findPreset("DashScope")?.name).toBe("qwen");
    expect(findPreset("kimi")?.name).toBe("moonshot");
    const names = presets.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const { embeddings, baseUrl } of presets) {
      if (baseUrl) expect(() => new URL(baseUrl)).not.toThrow();
      if (embeddings) expect(embeddings.dimensions[embeddings.model]).toBeGreaterThan(0);
    }
  });
});

describe("loadEnvFile", () => {
  it("fills in what is not set, and does not mind a missing file", () => {
    const folder = mkdtempSync(join(tmpdir(), "models-"));
    try {
      const path = join(folder, ".env");
      writeFileSync(path, '# comment\nA="from file"\nB=from file\n');
      const env: Record<string, string | undefined> = { B: "set before" };
      expect(loadEnvFile(path, env)).toBe(true);
      expect(env).toEqual({ A: "from file", B: "set before" });
      expect(loadEnvFile(join(folder, "none"), env)).toBe(false);
      expect(() => loadEnvFile(folder, env)).toThrow(/cannot be read/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the README", () => {
  it("shows every preset as it is", () => {
    const rows = readFileSync(new URL("../README.md", import.meta.url), "utf8").split("\n");
    for (const { name, chatModel, keyVariables, embeddings, rerank } of presets) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\``));
      for (const fact of [chatModel, keyVariables[0], rerank?.model]) if (fact) expect(row).toContain(fact);
      if (embeddings === undefined) continue;
      const { model, dimensions, batchLimit } = embeddings;
      expect(row).toContain(`${model} (${dimensions[model]}, ${batchLimit})`);
    }
  });
});
