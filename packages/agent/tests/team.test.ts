import { DynamicStructuredTool } from "@langchain/core/tools";
import { reply, scriptedChatModel } from "@zixue/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AgentEvent, type AnyAgent, asTool, defineAgent, memoryStore } from "../src/index.ts";
import { collect } from "./collect.ts";

const only = <T extends AgentEvent["type"]>(events: readonly AgentEvent[], type: T) =>
  events.filter((event): event is Extract<AgentEvent, { type: T }> => event.type === type);

const endOf = (events: readonly AgentEvent[]) => only(events, "done").at(-1)!;

const usage = { inputTokens: 10, outputTokens: 5 };

const call = (name: string, args: Record<string, unknown> = {}) =>
  reply.toolCalls([{ name, args }], { usage });

function tool(
  name: string,
  func: (args: Record<string, unknown>) => Promise<string> | string,
  metadata = {},
) {
  return new DynamicStructuredTool({
    name,
    description: name,
    schema: z.object({ n: z.number().optional() }),
    metadata,
    func: async (args) => func(args),
  });
}

describe("an agent as a tool", () => {
  it("answers the lead, its events flagged with their path, its use counted by agent", async () => {
    const researcher = defineAgent({
      name: "researcher",
      description: "Finds things",
      model: scriptedChatModel([call("look"), reply.text("三篇论文", { usage })]),
      tools: [tool("look", () => "found")],
    });
    const model = scriptedChatModel([
      call("researcher", { task: "找论文" }),
      reply.text("有三篇。", { usage }),
    ]);
    const lead = defineAgent({ name: "lead", model, tools: [asTool(researcher)] });
    const events = await collect(lead.run("查一查", { threadId: "t" }));
    expect(
      only(events, "text")
        .map((event) => event.delta)
        .join(""),
    ).toBe("有三篇。");
    expect(only(events, "tool-result")[0]).toMatchObject({ name: "researcher", content: "三篇论文" });
    const inner = only(events, "member");
    expect(new Set(inner.map(({ path }) => path.join("/")))).toEqual(new Set(["lead/researcher"]));
    expect(inner.map(({ event }) => event.type)).toEqual(
      expect.arrayContaining(["tool-call", "tool-result", "text", "done"]),
    );
    expect(events.every(({ agent }) => agent === "lead")).toBe(true);
    expect(endOf(events).usage).toMatchObject({
      steps: 4,
      toolCalls: 2,
      inputTokens: 40,
      byAgent: { lead: { steps: 2, toolCalls: 1 }, researcher: { steps: 2, toolCalls: 1, inputTokens: 20 } },
    });
    expect((await lead.messages("t")).map((message) => message.getType())).toEqual([
      "human",
      "ai",
      "tool",
      "ai",
    ]);
  });

  it("asks for approval through the lead and goes on after it, in another process too", async () => {
    const sent: unknown[] = [];
    const store = memoryStore();
    const team = () => {
      const writer = defineAgent({
        name: "writer",
        description: "Sends",
        model: scriptedChatModel((chat) =>
          chat.messages.at(-1)?.getType() === "tool"
            ? "寄了"
            : reply.toolCalls([{ name: "send", args: { n: 7 }, id: "s1" }]),
        ),
        tools: [tool("send", ({ n }) => String(sent.push(n)))],
        approvals: ["send"],
      });
      const model = scriptedChatModel((chat) =>
        chat.messages.at(-1)?.getType() === "tool" ? "好了" : call("writer", { task: "寄信" }),
      );
      return defineAgent({ name: "lead", model, tools: [asTool(writer)], store });
    };
    const first = await collect(team().run("寄", { threadId: "t" }));
    expect(endOf(first).status).toBe("waiting");
    expect(only(first, "approval-needed")[0]!.calls).toMatchObject([
      { id: "s1", name: "send", agent: "writer" },
    ]);
    expect(sent).toEqual([]);
    const second = await collect(team().resume("t", { s1: { type: "approve" } }));
    expect(sent).toEqual([7]);
    expect(endOf(second)).toMatchObject({ status: "completed", text: "好了" });
  });

  it("is stopped by the lead's abort and by the lead's limits", async () => {
    const member = () =>
      defineAgent({
        name: "member",
        description: "Loops",
        model: scriptedChatModel(() => call("look")),
        tools: [tool("look", () => "again", { repeatable: true })],
      });
    const lead = (limits = {}) =>
      defineAgent({
        name: "lead",
        model: scriptedChatModel(() => call("member", { task: "go" })),
        tools: [asTool(member())],
        limits,
      });
    const limited = await collect(lead({ steps: 5 }).run("go"));
    expect(endOf(limited)).toMatchObject({ status: "limited", usage: { steps: 5 } });
    const controller = new AbortController();
    const events: AgentEvent[] = [];
    for await (const event of lead({ steps: 500, toolCalls: 500 }).run("go", { signal: controller.signal })) {
      events.push(event);
      if (event.type === "member") controller.abort();
    }
    expect(endOf(events).status).toBe("aborted");
  });

  it("keeps to limits of its own, and the lead goes on", async () => {
    const member = defineAgent({
      name: "member",
      description: "Loops",
      model: scriptedChatModel(() => reply.toolCalls([{ name: "look", args: {} }], { text: "找到一点" })),
      tools: [tool("look", () => "again", { repeatable: true })],
      limits: { steps: 2 },
    });
    const model = scriptedChatModel([call("member", { task: "go" }), "够了"]);
    const events = await collect(defineAgent({ name: "lead", model, tools: [asTool(member)] }).run("go"));
    expect(only(events, "tool-result")[0]!.content).toMatch(/找到一点[\s\S]*stopped at a limit/);
    expect(endOf(events)).toMatchObject({ status: "completed", text: "够了", usage: { steps: 4 } });
  });

  it("never takes a team beyond the lead's limits, whatever its members do at once", async () => {
    const limits = fc.record({
      steps: fc.integer({ min: 1, max: 8 }),
      toolCalls: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(
        limits,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 3 }),
        async (declared, members, calls) => {
          let ran = 0;
          let asked = 0;
          const member = defineAgent({
            name: "member",
            description: "Works",
            model: scriptedChatModel(() => {
              asked++;
              return reply.toolCalls(
                Array.from({ length: Math.max(1, calls) }, () => ({ name: "look", args: {} })),
              );
            }),
            tools: [tool("look", () => String(++ran), { repeatable: true })],
          });
          const model = scriptedChatModel(() => {
            asked++;
            return reply.toolCalls(
              Array.from({ length: members }, () => ({ name: "member", args: { task: "go" } })),
            );
          });
          const lead = defineAgent({ name: "lead", model, tools: [asTool(member)], limits: declared });
          const end = endOf(await collect(lead.run("go")));
          expect(asked).toBeLessThanOrEqual(declared.steps);
          expect(end.usage.steps).toBe(asked);
          expect(end.usage.toolCalls).toBeLessThanOrEqual(declared.toolCalls);
          expect(ran).toBeLessThanOrEqual(declared.toolCalls);
          expect(end.status).toBe("limited");
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe("a hand-off", () => {
  it("goes on with the other's prompt and tools, and stays with it in later runs", async () => {
    const maths = scriptedChatModel([reply.text("我来算。"), reply.text("还是我。")]);
    const teacher = defineAgent({
      name: "maths",
      prompt: "你教数学。",
      model: maths,
      tools: [tool("sum", () => "3")],
    });
    const front = scriptedChatModel([call("transfer_to_maths")]);
    const desk = defineAgent({ name: "desk", prompt: "你是前台。", model: front, handoffs: [teacher] });
    const events = await collect(desk.run("一加二？", { threadId: "t" }));
    expect(only(events, "handoff")).toMatchObject([{ agent: "desk", to: "maths" }]);
    expect(only(events, "text").map(({ agent }) => agent)).toContain("maths");
    expect(endOf(events)).toMatchObject({
      agent: "maths",
      text: "我来算。",
      usage: { byAgent: { desk: { steps: 1 }, maths: { steps: 1 } } },
    });
    expect(maths.calls[0]!.messages[0]!.text).toBe("你教数学。");
    expect(maths.calls[0]!.toolNames).toEqual(["sum"]);
    const later = await collect(desk.run("再来", { threadId: "t" }));
    expect(endOf(later)).toMatchObject({ agent: "maths", text: "还是我。" });
    expect(front.calls).toHaveLength(1);
  });

  it("is bounded when agents hand over in circles, and one at a time", async () => {
    const names = ["a", "b"] as const;
    const agents: Record<string, AnyAgent> = {};
    for (const name of names) {
      const other = name === "a" ? "b" : "a";
      agents[name] = defineAgent({
        name,
        model: scriptedChatModel((chat) =>
          /limit of 3 hand-offs/.test(
            chat.messages
              .slice(-2)
              .map(({ text }) => text)
              .join(),
          )
            ? "我来答。"
            : reply.toolCalls([1, 2].map(() => ({ name: `transfer_to_${other}`, args: {} }))),
        ),
        handoffs: () => [agents[other]!],
        maxHandoffs: 3,
        guards: { loops: false },
      });
    }
    const events = await collect(agents.a!.run("go", { threadId: "t" }));
    expect(only(events, "handoff").map(({ to }) => to)).toEqual(["b", "a", "b"]);
    expect(endOf(events).status).toBe("completed");
  });

  it("refuses teams that cannot work", () => {
    const model = scriptedChatModel([]);
    const a = defineAgent({ name: "a", model });
    expect(() => defineAgent({ name: "a", model, handoffs: [a] })).toThrow(/named "a"/);
    expect(() => defineAgent({ name: "b", model, handoffs: [{ ...a }] })).toThrow(/defineAgent returns/);
    expect(() => asTool(a)).toThrow(/needs a description/);
  });
});
