import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { afterEach, expect, it } from "vitest";
import { cosine, reply, type ScriptedServer, startScriptedServer } from "../src/index.ts";

let server: ScriptedServer;
afterEach(() => server.close());

const chat = () =>
  new ChatOpenAI({ model: "m", apiKey: "k", configuration: { baseURL: server.url }, maxRetries: 0 });
const search = tool(async () => "", {
  name: "search",
  description: "Search.",
  schema: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
});

it("ChatOpenAI gets text, usage and tool calls, plain and streamed", async () => {
  const calls = reply.toolCalls([{ name: "search", args: { query: "梯度" } }], { text: "查一下" });
  server = await startScriptedServer([calls, calls]);
  const model = chat().bindTools([search]);
  const plain = await model.invoke("hi");
  expect(plain.tool_calls).toMatchObject([{ name: "search", args: { query: "梯度" } }]);
  expect(plain.usage_metadata).toMatchObject({ total_tokens: expect.any(Number) });
  let whole: Awaited<ReturnType<typeof model.invoke>> | undefined;
  for await (const chunk of await model.stream([new HumanMessage("hi")])) {
    whole = whole === undefined ? chunk : whole.concat(chunk);
  }
  expect(whole?.text).toBe("查一下");
  expect(whole?.tool_calls).toMatchObject([{ name: "search", args: { query: "梯度" } }]);
  expect(whole?.usage_metadata).toMatchObject({ output_tokens: 17, total_tokens: 18 });
  expect(server.requests[0]?.body.tools[0].function.name).toBe("search");
});

it("ChatOpenAI sees reasoning_content in the deepseek dialect", async () => {
  server = await startScriptedServer([reply.text("答", { reasoning: "想" })], { dialect: "deepseek" });
  expect((await chat().invoke("hi")).additional_kwargs.reasoning_content).toBe("想");
});

it("OpenAIEmbeddings gets the same vectors in batches as one by one", async () => {
  server = await startScriptedServer([], { dimensions: 32, embeddingBatchLimit: 2 });
  const configuration = { baseURL: server.url };
  const options = { model: "e", apiKey: "k", configuration, batchSize: 2, encodingFormat: "float" as const };
  const embeddings = new OpenAIEmbeddings(options);
  const [a, , c] = await embeddings.embedDocuments(["一", "二", "三"]);
  expect(server.requests).toHaveLength(2);
  expect(await embeddings.embedQuery("一")).toEqual(a);
  expect(cosine(a!, c!)).toBeLessThan(0.99);
});
