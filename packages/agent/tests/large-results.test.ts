import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { MemorySaver } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { countTokens } from "@zixue/models/tokens";
import { reply, type ScriptedServer, startScriptedServer } from "@zixue/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type AgentDefinition, type AgentEvent, defineAgent, memoryStore } from "../src/index.ts";
import { collect } from "./collect.ts";

const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Script = Parameters<typeof startScriptedServer>[0];
async function serve(script: Script): Promise<{ server: ScriptedServer; model: ChatOpenAI }> {
  const server = await startScriptedServer(script);
  servers.push(server);
  const configuration = { baseURL: server.url };
  return { server, model: new ChatOpenAI({ model: "test", apiKey: "test", maxRetries: 0, configuration }) };
}

const results = (events: readonly AgentEvent[]) => events.filter((event) => event.type === "tool-result");

const lines = Array.from({ length: 3_000 }, (_, i) => `第 ${i} 行：注意力给每个词一个权重。`).join("\n");
const read = (text: string, metadata: Record<string, unknown> = { effect: "read" }) =>
  new DynamicStructuredTool({
    name: "read_file",
    description: "Reads",
    metadata,
    schema: z.object({ name: z.string() }),
    func: async () => text,
  });
const call = (id: string) => reply.toolCalls([{ name: "read_file", args: { name: "a" }, id }]);
const readOn = (id: string, from: number) => reply.toolCalls([{ name: "read_result", args: { id, from } }]);
const offered = ({ requests }: ScriptedServer, index: number): string[] =>
  requests[index]!.body.tools.map((tool: { function: { name: string } }) => tool.function.name);
const NOTICE = /\n\[… (\d+) more characters; read on with read_result\(\{"id":"(.*?)","from":(\d+)\}\)\]$/;

describe("a large tool result", () => {
  const setUp = async (script: Script, more: Partial<AgentDefinition> = {}) => {
    const { server, model } = await serve(script);
    return { server, agent: defineAgent({ name: "a", model, tools: [read(lines)], ...more }) };
  };

  it("is shown up to the bound, at the end of a line, with how to read on", async () => {
    const { server, agent } = await setUp([call("c1"), reply.text("ok")]);
    const [result] = results(await collect(agent.run("读")));
    const [, more, id, from] = NOTICE.exec(result!.content)!;
    const shown = result!.content.replace(NOTICE, "");
    expect(id).toBe("c1");
    expect(shown).toBe(lines.slice(0, Number(from)));
    expect(Number(from) + Number(more)).toBe(lines.length);
    expect(lines[Number(from) - 1]).toBe("\n");
    expect(countTokens(shown)).toBeGreaterThan(3_500);
    expect(countTokens(shown)).toBeLessThanOrEqual(4_000);
    const sent = JSON.stringify(server.requests[1]!.body);
    expect(sent).not.toContain("第 2999 行");
    expect(offered(server, 0)).toEqual(["read_file"]);
    expect(offered(server, 1)).toEqual(["read_file", "read_result"]);
  });

  it("can be read to the end, part by part, without gap or overlap", async () => {
    const seen: string[] = [];
    const { agent } = await setUp(
      ({ body }, n) => {
        if (n === 0) return call("c1");
        const last = NOTICE.exec(body.messages.at(-1).content);
        return last ? readOn(last[2]!, Number(last[3])) : reply.text("ok");
      },
      { largeResults: { tokens: 3_000 }, limits: { steps: 60, toolCalls: 60 } },
    );
    for (const { content } of results(await collect(agent.run("读")))) seen.push(content.replace(NOTICE, ""));
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.join("")).toBe(lines);
  });

  it("can be read on in another process, after the run ended", async () => {
    const checkpointer = new MemorySaver();
    const { server, model } = await serve([
      call("c1"),
      reply.text("ok"),
      readOn("c1", lines.length - 20),
      reply.text("ok"),
    ]);
    const open = () =>
      defineAgent({ name: "a", model, tools: [read(lines)], store: memoryStore({ checkpointer }) });
    await collect(open().run("读", { threadId: "t" }));
    const second = open();
    const [result] = results(await collect(second.run("接着读", { threadId: "t" })));
    expect(result!.content).toBe(lines.slice(-20));
    expect(offered(server, 2)).toContain("read_result");
    const kept = (await second.messages("t")).filter((message) => ToolMessage.isInstance(message));
    expect(kept[0]!.text.length).toBeLessThan(lines.length / 3);
  });

  it("that is untrusted is fenced, each part of it, with the notice outside of the fence", async () => {
    const { agent } = await setUp([call("c1"), readOn("c1", 5_000), reply.text("ok")], {
      tools: [read(lines, { effect: "read", untrusted: true })],
    });
    const all = results(await collect(agent.run("读")));
    expect(all).toHaveLength(2);
    for (const { content } of all) {
      expect(content).toMatch(NOTICE);
      expect(content.replace(NOTICE, "")).toMatch(/^<<<untrusted [\s\S]* untrusted>>>$/);
    }
  });

  it("is told of mistakes in reading on", async () => {
    const { agent } = await setUp([call("c1"), readOn("c9", 0), readOn("c1", 10_000_000), reply.text("ok")]);
    const [, unknown, beyond] = results(await collect(agent.run("读")));
    expect(unknown).toMatchObject({
      isError: true,
      content: expect.stringMatching(/No shortened result is called "c9"\. There are: c1/),
    });
    expect(beyond).toMatchObject({ isError: true, content: expect.stringMatching(/has \d+ characters/) });
  });

  it("is not cut in the middle of a character", async () => {
    const emoji = "👩‍👩‍👧".repeat(2_000);
    const { agent } = await setUp([call("c1"), readOn("c1", 1), reply.text("ok")], {
      tools: [read(emoji)],
      largeResults: { tokens: 100 },
    });
    for (const { content } of results(await collect(agent.run("读")))) {
      expect(content.replace(NOTICE, "")).not.toBe("");
      expect(content).not.toMatch(/\p{Surrogate}/u);
    }
  });

  it("takes little time however large it is, and there is an end to what is kept", async () => {
    const { agent } = await setUp([call("c1"), reply.text("ok")], {
      tools: [read("word ".repeat(1_000_000))],
    });
    const before = process.cpuUsage();
    const [result] = results(await collect(agent.run("读", { threadId: "t" })));
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(3_000);
    expect(Number(NOTICE.exec(result!.content)![1])).toBeLessThan(400_000);
  });
});

describe("a result that is not large", () => {
  it("is shown whole, and read_result is neither offered nor named", async () => {
    const { server, model } = await serve([
      call("c1"),
      reply.toolCalls([{ name: "nothing", args: {} }]),
      reply.text("ok"),
    ]);
    const agent = defineAgent({ name: "a", model, tools: [read("short")] });
    const [result, unknown] = results(await collect(agent.run("读")));
    expect(result!.content).toBe("short");
    expect(unknown!.content).toMatch(/The tools are: read_file\.$/);
    for (const index of [0, 1, 2]) expect(offered(server, index)).toEqual(["read_file"]);
  });

  it("includes every result when the setting is off", async () => {
    const { model } = await serve([call("c1"), reply.text("ok")]);
    const agent = defineAgent({ name: "a", model, tools: [read(lines)], largeResults: false });
    expect(results(await collect(agent.run("读")))[0]!.content).toBe(lines);
  });

  it("keeps the artifact of the tool in both cases", async () => {
    const { model } = await serve([call("c1"), reply.text("ok")]);
    const tool = new DynamicStructuredTool({
      name: "read_file",
      description: "Reads",
      schema: z.object({ name: z.string() }),
      responseFormat: "content_and_artifact",
      func: async () => [lines, { pages: 3 }],
    });
    const agent = defineAgent({ name: "a", model, tools: [tool] });
    const [result] = results(await collect(agent.run("读", { threadId: "t" })));
    expect(result).toMatchObject({ artifact: { pages: 3 }, content: expect.stringMatching(NOTICE) });
    expect((await agent.messages("t")).some((message) => AIMessage.isInstance(message))).toBe(true);
  });
});

it("refuses settings that make no sense", async () => {
  const { model } = await serve([]);
  const named = new DynamicStructuredTool({
    name: "read_result",
    description: "x",
    schema: z.object({}),
    func: async () => "",
  });
  for (const wrong of [
    { largeResults: { tokens: 3 } },
    { largeResults: { tokens: Number.NaN } },
    { tools: [named] },
  ])
    expect(() => defineAgent({ name: "a", model, tools: [read("x")], ...wrong })).toThrow(
      expect.objectContaining({ code: "invalid-definition" }),
    );
  expect(defineAgent({ name: "a", model, tools: [named], largeResults: false }).name).toBe("a");
});
