import { DynamicStructuredTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { reply, scriptedChatModel, startScriptedServer } from "@zixue/testkit";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { defineAgent, redactSecrets, redactSecretsIn } from "../src/index.ts";
import { collect } from "./collect.ts";

afterEach(() => vi.unstubAllEnvs());

describe("secrets are taken out of", () => {
  it("an error in which the provider echoes the key, wherever the key came from", async () => {
    vi.stubEnv("MY_GATEWAY_TOKEN", "opaque value 77");
    const key = "opaque-key-without-a-known-shape";
    const server = await startScriptedServer([
      reply.error(401, `Key ${key} of gateway opaque value 77 is wrong, sk-proj-abcdefghijklmnopqrst too`),
    ]);
    try {
      const model = new ChatOpenAI({
        model: "m",
        apiKey: key,
        maxRetries: 0,
        configuration: { baseURL: server.url },
      });
      const events = await collect(defineAgent({ name: "a", model }).run("hi"));
      const failure = events.find((event) => event.type === "error");
      expect(failure?.error.message).toMatch(
        /Key \[redacted\] of gateway \[redacted\] is wrong, \[redacted\] too/,
      );
      expect(JSON.stringify(events)).not.toContain(key);
    } finally {
      await server.close();
    }
  });

  it("a tool's error, for the model and the events alike", async () => {
    const tool = new DynamicStructuredTool({
      name: "query",
      description: "Queries",
      schema: z.object({}),
      func: async () => {
        throw new Error("cannot reach postgres://app:hunter2hunter2@db.example/x");
      },
    });
    const model = scriptedChatModel([reply.toolCalls([{ name: "query", args: {} }]), "好"]);
    const events = await collect(defineAgent({ name: "a", model, tools: [tool] }).run("查"));
    expect(events.find((event) => event.type === "tool-result")).toMatchObject({
      content: "Error: query failed: cannot reach postgres://app:[redacted]@db.example/x",
    });
    expect(JSON.stringify(model.calls[1]!.messages)).not.toContain("hunter2");
  });

  it.each([
    ["Authorization: Bearer abc.def-123456", "Authorization: Bearer [redacted]"],
    ['{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"Basic [redacted]"}'],
    ["GET /v1?api_key=abcdef123456&x=1", "GET /v1?api_key=[redacted]&x=1"],
    ["Incorrect API key provided: sk-ab***xy.", "Incorrect API key provided: [redacted]."],
    ["AKIAIOSFODNN7EXAMPLE", "[redacted]"],
    [`ghp_${"a1".repeat(18)}`, "[redacted]"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "[redacted]"],
    [`${"0a".repeat(16)}.AbCdEfGh12345678`, "[redacted]"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----.", "[redacted]."],
  ])("%j", (text, clean) => {
    expect(redactSecrets(text)).toBe(clean);
  });

  it("arguments, by the names of fields too", () => {
    expect(
      redactSecretsIn({
        apiKey: "short1",
        to: ["x", "Bearer abcdefgh12"],
        maxTokens: 5,
        tokens: "5",
        author: "li",
      }),
    ).toEqual({
      apiKey: "[redacted]",
      to: ["x", "Bearer [redacted]"],
      maxTokens: 5,
      tokens: "5",
      author: "li",
    });
  });
});

it.each([
  ["task-management-for-long-projects and risk-assessment-of-everything"],
  ["The token limit is 4096; see https://example.com/a:b@c and key: value pairs."],
  ["password 错误，请重新输入；secret 是机密的意思。"],
  ["arXiv:1706.03762, commit 54aa809, 2026-11-24T19:46:25Z"],
])("leaves ordinary text as it is: %s", (text) => {
  expect(redactSecrets(text)).toBe(text);
});

it("leaves settings in the environment alone that only sound like secrets", () => {
  vi.stubEnv("MAX_TOKEN", "4096000000");
  vi.stubEnv("SSH_KEY", "/home/li/.ssh/id_rsa");
  expect(redactSecrets("4096000000 /home/li/.ssh/id_rsa")).toBe("4096000000 /home/li/.ssh/id_rsa");
});

it("never leaves a known value of eight characters or more, and is done after one pass", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!"[redacted]".includes(secret));
      const clean = redactSecrets(`${before}${secret}${after}`, [secret]);
      expect(clean).not.toContain(secret);
      expect(redactSecrets(clean, [secret])).toBe(clean);
    }),
  );
});
