import { scriptedChatModel } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { defineAgent, type StateStore } from "../src/index.ts";
import { collect } from "./collect.ts";
import { outcomeOf, sendingAgent } from "./sending-agent.ts";

interface Opened {
  readonly store: StateStore;
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<StateStore>;
}

/** What an agent needs of a store. `open` gives an empty one each time. */
export function describeAgentOverStore(name: string, open: () => Opened | Promise<Opened>): void {
  describe(`an agent over ${name}`, () => {
    it("goes on with a thread after a restart", async () => {
      const { store, reopen } = await open();
      const model = scriptedChatModel((_call, n) => (n === 0 ? "你好，李雷。" : "你叫李雷。"));
      const agent = (over: StateStore) =>
        defineAgent({ name: "a", prompt: "你是助手。", model, store: over });
      await collect(agent(store).run("我叫李雷", { threadId: "t", userId: "li" }));
      const again = await reopen();
      const events = await collect(agent(again).run("我叫什么？", { threadId: "t", userId: "li" }));
      expect(events.at(-1)).toMatchObject({ type: "done", status: "completed", text: "你叫李雷。" });
      expect(model.calls[1]!.messages.map(({ text }) => text)).toEqual([
        "你是助手。",
        "我叫李雷",
        "你好，李雷。",
        "我叫什么？",
      ]);
      expect((await again.threads.messages("t")).map(({ role, content }) => [role, content])).toEqual([
        ["user", "我叫李雷"],
        ["assistant", "你好，李雷。"],
        ["user", "我叫什么？"],
        ["assistant", "你叫李雷。"],
      ]);
      expect(await again.threads.list("li")).toMatchObject([{ id: "t", title: "我叫李雷" }]);
      let checkpoints = 0;
      for await (const _ of again.checkpointer.list({ configurable: { thread_id: "t" } })) checkpoints++;
      expect(checkpoints).toBe(1);
    });

    it("resumes a pause after a restart, once", async () => {
      const { store, reopen } = await open();
      const sent: string[] = [];
      expect(await outcomeOf(sendingAgent(store, (to) => sent.push(to)).run("写信", { threadId: "t" }))).toBe(
        "waiting",
      );
      const agent = sendingAgent(await reopen(), (to) => sent.push(to));
      expect(await outcomeOf(agent.resume("t", { c1: { type: "approve" } }))).toBe("completed");
      expect(await outcomeOf(agent.resume("t", { c1: { type: "approve" } }))).toBe("nothing-to-resume");
      expect(sent).toEqual(["韩梅梅"]);
    });

    it("lets one of two resume the same pause at the same time, and runs the tool once", async () => {
      const { store } = await open();
      const sent: string[] = [];
      const make = () => sendingAgent(store, (to) => sent.push(to));
      await outcomeOf(make().run("写信", { threadId: "t" }));
      const outcomes = await Promise.all(
        [make(), make()].map((agent) => outcomeOf(agent.resume("t", { c1: { type: "approve" } }))),
      );
      expect(outcomes).toContain("completed");
      expect(["thread-busy", "nothing-to-resume"]).toContain(outcomes.find((one) => one !== "completed"));
      expect(sent).toEqual(["韩梅梅"]);
    });

    it("stops a run whose thread is deleted, and keeps nothing of it", async () => {
      const { store } = await open();
      const agent = sendingAgent(store, () => {});
      const model = scriptedChatModel(async () => {
        await agent.deleteThread("t");
        await new Promise((resolve) => setTimeout(resolve, 20_000).unref());
        return "说晚了。";
      });
      const slow = defineAgent({ name: "slow", model, store });
      const events = await collect(slow.run("喂", { threadId: "t", userId: "li" }));
      expect(events.at(-1)).toMatchObject({ type: "done", status: "failed" });
      expect(events.find(({ type }) => type === "error")).toMatchObject({
        error: { code: "thread-lost", message: expect.stringContaining("deleted") },
      });
      expect(await store.exportUser("li")).toEqual({ userId: "li", threads: [], facts: [] });
      expect(await store.checkpointer.getTuple({ configurable: { thread_id: "t" } })).toBeUndefined();
    });
  });
}
