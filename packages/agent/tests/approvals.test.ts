import { DynamicStructuredTool } from "@langchain/core/tools";
import { MemorySaver } from "@langchain/langgraph";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ApprovalPolicy, defineAgent, memoryStore } from "../src/index.ts";
import { collect } from "./collect.ts";

function setUp(
  calls: readonly { name: string; args: Record<string, unknown>; id: string }[],
  checkpointer = new MemorySaver(),
) {
  const sent: string[] = [];
  const send = new DynamicStructuredTool({
    name: "send",
    description: "Sends",
    schema: z.object({ to: z.string() }),
    func: async ({ to }: { to: string }) => {
      sent.push(to);
      return `sent to ${to}`;
    },
  });
  const look = new DynamicStructuredTool({
    name: "look",
    description: "Looks",
    schema: z.object({}),
    func: async () => {
      sent.push("looked");
      return "seen";
    },
  });
  const model = scriptedChatModel((_call, n) =>
    n === 0 ? reply.toolCalls(calls) : reply.text("都处理好了。"),
  );
  const make = () =>
    defineAgent({
      name: "a",
      prompt: "你是助手。",
      model,
      tools: [send, look],
      approvals: ["send"],
      store: memoryStore({ checkpointer }),
    });
  return { agent: make(), make, model, sent };
}

const FOUR = [
  { name: "send", args: { to: "a" }, id: "c1" },
  { name: "send", args: { to: "b" }, id: "c2" },
  { name: "look", args: {}, id: "c3" },
  { name: "send", args: { to: "d" }, id: "c4" },
];

describe("approvals", () => {
  it("takes approve, edit and reject in one pause, each for its own call", async () => {
    const { agent, model, sent } = setUp(FOUR);
    const first = await collect(agent.run("发给他们", { threadId: "t" }));
    expect(sent).toEqual(["looked"]);
    expect(first.find((e) => e.type === "approval-needed")).toEqual({
      type: "approval-needed",
      agent: "a",
      calls: [
        { id: "c1", name: "send", args: { to: "a" }, why: "policy", description: "Sends" },
        { id: "c2", name: "send", args: { to: "b" }, why: "policy", description: "Sends" },
        { id: "c4", name: "send", args: { to: "d" }, why: "policy", description: "Sends" },
      ],
    });
    expect(first.at(-1)).toMatchObject({ type: "done", status: "waiting" });

    const second = await collect(
      agent.resume("t", {
        c1: { type: "approve" },
        c2: { type: "reject", reason: "写错人了" },
        c4: { type: "edit", args: { to: "e" } },
      }),
    );
    expect(sent.slice(1).sort()).toEqual(["a", "e"]);
    expect(second.at(-1)).toMatchObject({
      type: "done",
      status: "completed",
      text: "都处理好了。",
      usage: { toolCalls: 2 },
    });
    const results = new Map(second.flatMap((e) => (e.type === "tool-result" ? [[e.id, e] as const] : [])));
    expect(results.get("c2")).toMatchObject({ isError: true, content: expect.stringContaining("写错人了") });
    expect(results.get("c4")).toMatchObject({
      args: { to: "e" },
      content: expect.stringMatching(/changed the arguments.*\n.*sent to e/),
    });
    // The model reads one result for every call, the system text is still there.
    const { messages } = model.calls[1]!;
    expect(messages[0]?.text).toBe("你是助手。");
    expect(
      messages
        .slice(-4)
        .map((m) => (m as { tool_call_id?: string }).tool_call_id)
        .sort(),
    ).toEqual(["c1", "c2", "c3", "c4"]);
  });

  it("continues with another agent over the same store, as after a restart", async () => {
    const { agent, make, sent } = setUp(FOUR.slice(0, 1));
    await collect(agent.run("发", { threadId: "t" }));
    const events = await collect(make().resume("t", { c1: { type: "approve" } }));
    expect(sent).toEqual(["a"]);
    expect(events.at(-1)).toMatchObject({ status: "completed" });
  });

  it("goes on waiting for calls that were not decided yet, and runs each call once", async () => {
    const { agent, sent } = setUp(FOUR);
    await collect(agent.run("发", { threadId: "t" }));
    const events = await collect(agent.resume("t", { c2: { type: "approve" } }));
    expect(events.find((e) => e.type === "approval-needed")).toMatchObject({
      calls: [{ id: "c1" }, { id: "c4" }],
    });
    expect(sent).toEqual(["looked", "b"]);
    const last = await collect(
      agent.resume("t", { c1: { type: "reject", reason: "" }, c4: { type: "approve" } }),
    );
    expect(sent).toEqual(["looked", "b", "d"]);
    expect(last.at(-1)).toMatchObject({ status: "completed" });
  });

  it("lets the user go on talking instead of deciding", async () => {
    const { agent, model, sent } = setUp(FOUR.slice(0, 2));
    await collect(agent.run("发", { threadId: "t" }));
    const events = await collect(agent.run("算了", { threadId: "t" }));
    expect(events.at(-1)).toMatchObject({ status: "completed" });
    expect(sent).toEqual([]);
    expect(model.calls[1]!.messages.map((m) => m.getType())).toEqual([
      "system",
      "human",
      "ai",
      "tool",
      "tool",
      "human",
    ]);
    await expect(collect(agent.resume("t", { c1: { type: "approve" } }))).rejects.toMatchObject({
      code: "nothing-to-resume",
    });
  });

  it("refuses decisions that fit no waiting call, and loses nothing by it", async () => {
    const { agent, sent } = setUp(FOUR.slice(0, 1));
    await expect(collect(agent.resume("t", { c1: { type: "approve" } }))).rejects.toMatchObject({
      code: "nothing-to-resume",
    });
    await collect(agent.run("发", { threadId: "t" }));
    await expect(collect(agent.resume("t", { c9: { type: "approve" } }))).rejects.toThrow(
      /"c9".*c1 \(send\)/,
    );
    await expect(collect(agent.resume("t", {}))).rejects.toThrow(/at least one of: c1/);
    await expect(collect(agent.resume("t", { c1: { type: "maybe" } as never }))).rejects.toMatchObject({
      code: "invalid-decision",
    });
    await collect(agent.resume("t", { c1: { type: "approve" } }));
    expect(sent).toEqual(["a"]);
  });

  it("can be asked by a test on the arguments", async () => {
    const pay = new DynamicStructuredTool({
      name: "pay",
      description: "Pays",
      schema: z.object({ amount: z.number() }),
      func: async () => "paid",
    });
    const payer = scriptedChatModel((_call, n) =>
      n === 0
        ? reply.toolCalls([
            { name: "pay", args: { amount: 5 } },
            { name: "pay", args: { amount: 500 } },
          ])
        : "ok",
    );
    const agent = defineAgent({
      name: "a",
      model: payer,
      tools: [pay],
      approvals: (call) => Number(call.args.amount) > 100,
    });
    const events = await collect(agent.run("pay", { threadId: "t" }));
    expect(events.find((e) => e.type === "approval-needed")).toMatchObject({
      calls: [{ args: { amount: 500 } }],
    });
    expect(events.filter((e) => e.type === "tool-result")).toMatchObject([
      { content: "paid", args: { amount: 5 } },
    ]);
  });

  it("takes a rule for each tool, or all, and asks where a test throws", async () => {
    const tools = ["send", "look"].map(
      (name) =>
        new DynamicStructuredTool({
          name,
          description: `${name}s`,
          schema: z.object({ to: z.string() }),
          func: async () => "ok",
        }),
    );
    const asked = async (approvals: ApprovalPolicy) => {
      const model = scriptedChatModel((_call, n) =>
        n === 0
          ? reply.toolCalls([
              { name: "send", args: { to: "a" }, id: "s" },
              { name: "look", args: { to: "b" }, id: "l" },
            ])
          : "ok",
      );
      const agent = defineAgent({ name: "a", model, tools, approvals });
      const events = await collect(agent.run("go", { threadId: "t" }));
      return events.flatMap((e) => (e.type === "approval-needed" ? e.calls.map(({ id }) => id) : [])).sort();
    };
    expect(await asked("all")).toEqual(["l", "s"]);
    expect(await asked({ send: true, look: false })).toEqual(["s"]);
    expect(await asked({ send: ({ to }) => to === "b", look: ({ to }) => to === "b" })).toEqual(["l"]);
    expect(await asked({ send: { when: ({ to }) => to === "a" } })).toEqual(["s"]);
    expect(await asked({ send: (args) => (args.cc as string).length > 0 })).toEqual(["s"]);
    expect(await asked({ look: { describe: (args) => (args.cc as string).trim() } })).toEqual(["l"]);
    const model = scriptedChatModel(["x"]);
    const define = (approvals: unknown) =>
      defineAgent({ name: "a", model, tools, approvals: approvals as ApprovalPolicy });
    for (const wrong of [{ fly: true }, ["fly"], { send: "yes" }, { send: { if: () => true } }, 7, "some"]) {
      expect(() => define(wrong)).toThrow(expect.objectContaining({ code: "invalid-definition" }));
    }
  });

  it("works for a tool of an agent that the thread was handed over to", async () => {
    const sent: string[] = [];
    const send = new DynamicStructuredTool({
      name: "send",
      description: "Sends",
      schema: z.object({ to: z.string() }),
      func: async ({ to }: { to: string }) => {
        sent.push(to);
        return "ok";
      },
    });
    const mail = (to: string) => reply.toolCalls([{ name: "send", args: { to }, id: `to-${to}` }]);
    const clerk = defineAgent({
      name: "clerk",
      model: scriptedChatModel([mail("a"), mail("b"), "寄了。"]),
      tools: [send],
      approvals: ["send"],
    });
    const lead = defineAgent({
      name: "lead",
      model: scriptedChatModel([reply.toolCalls([{ name: "transfer_to_clerk", args: {} }])]),
      handoffs: [clerk],
    });
    await collect(lead.run("寄信", { threadId: "t" }));
    expect(await lead.pending("t")).toMatchObject([{ id: "to-a", description: "Sends" }]);
    const wrong = collect(lead.resume("t", { "to-a": { type: "edit", args: {} } }));
    await expect(wrong).rejects.toMatchObject({ code: "invalid-decision" });
    const events = await collect(lead.resume("t", { "to-a": { type: "approve", always: true } }));
    expect(events.at(-1)).toMatchObject({ status: "completed", text: "寄了。" });
    expect(sent).toEqual(["a", "b"]);
  });

  it("needs a thread to come back to", async () => {
    const { agent } = setUp([]);
    await expect(collect(agent.run("发"))).rejects.toMatchObject({ code: "invalid-input" });
  });
});
