import type { Checkpoint, CheckpointMetadata } from "@langchain/langgraph";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Retention, StateStore, TraceSpan } from "../src/index.ts";

/** What every state store must do. `open` gives an empty one each time. */
export function describeStateStore(
  name: string,
  open: (options?: { retention?: Retention }) => StateStore | Promise<StateStore>,
): void {
  describe(name, () => {
    it("keeps threads by user, newest first, page by page", async () => {
      const store = await open();
      for (const id of ["a", "b", "c"]) {
        await store.threads.save({ id, userId: "li", title: `标题 ${id}` });
        await later();
      }
      await store.threads.save({ id: "other", userId: "wang" });
      await store.threads.save({ id: "a" });
      const threads = await store.threads.list("li");
      expect(threads.map(({ id, title }) => [id, title])).toEqual([
        ["a", "标题 a"],
        ["c", "标题 c"],
        ["b", "标题 b"],
      ]);
      expect(threads[0]!.createdAt < threads[0]!.updatedAt).toBe(true);
      expect(threads[0]!.updatedAt).toBe(new Date(threads[0]!.updatedAt).toISOString());
      const [first] = await store.threads.list("li", { limit: 1 });
      const rest = await store.threads.list("li", { limit: 5, before: first!.updatedAt });
      expect(rest.map(({ id }) => id)).toEqual(["c", "b"]);
      expect(await store.threads.list("nobody")).toEqual([]);
      expect(await store.threads.get("none")).toBeNull();
    });

    it("shows and changes no thread of another user", async () => {
      const store = await open();
      await store.threads.save({ id: "t", userId: "li", title: "秘密" });
      await store.threads.append("t", [{ id: "1", role: "user", content: "密码" }]);
      await expect(store.threads.save({ id: "t", userId: "wang", title: "x" })).rejects.toMatchObject({
        code: "not-found",
      });
      expect(await store.threads.get("t", "wang")).toBeNull();
      expect(await store.threads.messages("t", "wang")).toEqual([]);
      await store.threads.delete("t", "wang");
      expect(await store.threads.get("t", "li")).toMatchObject({ title: "秘密", userId: "li" });
      expect(await store.threads.messages("t", "li")).toHaveLength(1);
      expect(await store.threads.list("wang")).toEqual([]);
    });

    it("adds messages in order, each id once, with their data", async () => {
      const store = await open();
      await store.threads.save({ id: "t" });
      await store.threads.append("t", [
        { id: "2", role: "user", content: "先" },
        { id: "1", role: "assistant", content: "后", data: { citations: [{ quote: "引文" }] } },
      ]);
      await store.threads.append("t", [
        { id: "1", role: "assistant", content: "又" },
        { id: "3", role: "tool", content: "三" },
        { id: "3", role: "tool", content: "三重" },
      ]);
      const messages = await store.threads.messages("t");
      expect(messages.map(({ content }) => content)).toEqual(["先", "后", "三"]);
      expect(messages[1]).toMatchObject({ role: "assistant", data: { citations: [{ quote: "引文" }] } });
      expect(messages[0]).not.toHaveProperty("data");
    });

    it("adds nothing to a thread that is not there", async () => {
      const store = await open();
      await store.threads.append("gone", [{ id: "1", role: "user", content: "喂" }]);
      expect(await store.threads.messages("gone")).toEqual([]);
      expect(await store.threads.get("gone")).toBeNull();
    });

    it("keeps any text as it is", async () => {
      const store = await open();
      let at = 0;
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
          // NUL and half a surrogate pair are what PostgreSQL refuses.
          const content = `${text}\0\ud800'"\\${text}`;
          const id = `t${++at}`;
          await store.threads.save({ id, title: content });
          await store.threads.append(id, [{ id: "m", role: "user", content, data: { [content]: content } }]);
          const fact = await store.memory.remember("u", { text: content, source: { note: content } });
          await store.journal.begin(id, "c", "tool");
          await store.journal.finish(id, "c", content);
          expect((await store.threads.get(id))?.title).toBe(content);
          expect(await store.threads.messages(id)).toMatchObject([{ content, data: { [content]: content } }]);
          expect(fact).toMatchObject({ text: content, source: { note: content } });
          expect(await store.journal.begin(id, "c", "tool")).toEqual({ result: content });
        }),
        { numRuns: 10 },
      );
    });

    it("remembers facts, finds them by words, and forgets", async () => {
      const store = await open();
      const { memory } = store;
      const tea = await memory.remember("li", { text: "喜欢喝绿茶", source: { threadId: "t1" } });
      await later();
      await memory.remember("li", { text: "住在杭州西湖边", source: { note: "自己说的" } });
      await memory.remember("li", { text: "prefers short answers", source: {} });
      await memory.remember("wang", { text: "喜欢喝绿茶和咖啡", source: {} });
      expect((await memory.search("li", "他爱喝什么绿茶？")).map(({ text }) => text)).toEqual(["喜欢喝绿茶"]);
      expect((await memory.search("li", "How short should ANSWERS be?"))[0]?.text).toBe(
        "prefers short answers",
      );
      expect(await memory.search("li", "天气")).toEqual([]);
      expect((await memory.list("li"))[0]).toEqual(tea);
      expect(await memory.forget("wang", tea.id)).toBe(false);
      expect(await memory.forget("li", tea.id)).toBe(true);
      expect(await memory.forget("li", tea.id)).toBe(false);
      expect(await memory.list("li")).toHaveLength(2);
      expect(await memory.list("wang")).toHaveLength(1);
    });

    it("renews a fact that is said again", async () => {
      const { memory } = await open();
      const first = await memory.remember("li", { text: "会骑车", source: { threadId: "t1" } });
      await later();
      const again = await memory.remember("li", { text: "会骑车", source: { threadId: "t2" } });
      expect(again).toMatchObject({ id: first.id, source: { threadId: "t2" } });
      expect(again.createdAt > first.createdAt).toBe(true);
      expect(await memory.list("li")).toEqual([again]);
    });

    it("lets the fact go that was unused for longest when there are too many", async () => {
      const { memory } = await open({ retention: { facts: 3 } });
      for (const text of ["苹果", "香蕉", "樱桃"]) {
        await memory.remember("li", { text, source: {} });
        await later();
      }
      await memory.search("li", "苹果");
      await memory.remember("li", { text: "葡萄", source: {} });
      expect((await memory.list("li")).map(({ text }) => text)).toEqual(["苹果", "樱桃", "葡萄"]);
      await memory.remember("li", { text: "樱桃", source: {} });
      expect(await memory.list("li")).toHaveLength(3);
    });

    it("tells of each tool call whether it began and what came of it, until the thread is compacted", async () => {
      const { journal, compact } = await open();
      expect(await journal.begin("t", "c1", "send")).toBe("new");
      expect(await journal.begin("t", "c1", "send")).toBe("unfinished");
      expect(await journal.begin("t", "c2", "send")).toBe("new");
      expect(await journal.begin("u", "c1", "send")).toBe("new");
      await journal.finish("t", "c1", '{"content":"好"}');
      expect(await journal.begin("t", "c1", "send")).toEqual({ result: '{"content":"好"}' });
      await compact("t");
      expect(await journal.begin("t", "c1", "send")).toBe("new");
      expect(await journal.begin("u", "c1", "send")).toBe("unfinished");
    });

    it("keeps traces as trees of spans", async () => {
      const { threads, traces } = await open();
      await threads.save({ id: "t1", userId: "li" });
      const child = span("x", "2", "1", 1_000.5);
      await traces.add("t1", [child, span("x", "1", null, 1_000)]);
      await traces.add("t2", [span("y", "1", null, 2_000)]);
      await traces.add("t1", [span("x", "3", "1", 1_001)]);
      expect((await traces.get("x")).map(({ spanId }) => spanId)).toEqual(["1", "2", "3"]);
      expect((await traces.get("x"))[1]).toEqual(child);
      expect(await traces.get("none")).toEqual([]);
      expect(await traces.list()).toEqual([
        { traceId: "y", threadId: "t2", name: "span 1", startedAt: 2_000 },
        { traceId: "x", threadId: "t1", name: "span 1", startedAt: 1_000 },
      ]);
      expect((await traces.list({ threadId: "t1" })).map(({ traceId }) => traceId)).toEqual(["x"]);
      expect((await traces.list({ userId: "li" })).map(({ traceId }) => traceId)).toEqual(["x"]);
      expect(await traces.list({ limit: 1 })).toHaveLength(1);
    });

    it("gives a thread to exactly one of many that claim it at once", async () => {
      const { claim } = await open();
      const claims = await Promise.all(Array.from({ length: 20 }, () => claim("t")));
      const won = claims.filter((held) => held !== null);
      expect(won).toHaveLength(1);
      expect(await claim("other")).not.toBeNull();
      await won[0]!.release();
      await won[0]!.release();
      const next = await claim("t");
      expect(next?.lost.aborted).toBe(false);
      await next!.release();
    });

    it("goes on from the latest checkpoint and keeps its open writes", async () => {
      const { checkpointer } = await open();
      const first = await put(checkpointer, "t", 1, ["一"]);
      const second = await put(checkpointer, "t", 2, ["一", "二"], first);
      await checkpointer.putWrites(second, [["messages", ["三"]]], "task2", "b");
      await checkpointer.putWrites(second, [["messages", ["零\0"]]], "task9", "a");
      await checkpointer.putWrites(second, [["messages", ["另"]]], "task2", "b");
      await put(checkpointer, "u", 1, ["别的"]);
      const tuple = await checkpointer.getTuple({ configurable: { thread_id: "t" } });
      expect(tuple?.checkpoint.channel_values).toEqual({ messages: ["一", "二"] });
      expect(tuple?.metadata).toMatchObject({ step: 2 });
      expect(tuple?.config.configurable).toMatchObject(second.configurable);
      expect(tuple?.pendingWrites).toEqual([
        ["task9", "messages", ["零\0"]],
        ["task2", "messages", ["三"]],
      ]);
      expect(await checkpointer.getTuple({ configurable: { thread_id: "none" } })).toBeUndefined();
    });

    it("keeps as many checkpoints of a compacted thread as it was told to", async () => {
      for (const checkpoints of [1, 3]) {
        const { checkpointer, compact } = await open({ retention: { checkpoints } });
        let config: Config | undefined;
        for (let step = 1; step <= 6; step++) {
          config = await put(checkpointer, "t", step, [step], config);
          await checkpointer.putWrites(config, [["messages", step]], "task");
        }
        await put(checkpointer, "u", 1, ["别的"]);
        await compact("t");
        const steps: unknown[] = [];
        for await (const { metadata } of checkpointer.list({ configurable: { thread_id: "t" } }))
          steps.push(metadata?.step);
        expect(steps).toEqual([6, 5, 4].slice(0, checkpoints));
        expect(await checkpointer.getTuple({ configurable: { thread_id: "u" } })).toBeDefined();
      }
    });

    it("deletes a thread with everything in it, and stops the run on it", async () => {
      const store = await open();
      await fill(store, "t", "li");
      await fill(store, "u", "li");
      const claim = await store.claim("t");
      await store.threads.delete("t");
      expect(claim?.lost.aborted).toBe(true);
      expect(claim?.lost.reason).toMatchObject({ code: "thread-lost" });
      // What the run was about to write when it was stopped.
      await store.threads.append("t", [{ id: "late", role: "assistant", content: "还没完" }]);
      await put(store.checkpointer, "t", 2, ["还没完"]);
      await claim!.release();
      expect(await store.threads.get("t")).toBeNull();
      const again = await store.claim("t");
      expect(again).not.toBeNull();
      await again!.release();
      expect(await store.threads.messages("t")).toEqual([]);
      expect(await store.checkpointer.getTuple({ configurable: { thread_id: "t" } })).toBeUndefined();
      expect(await store.traces.list({ threadId: "t" })).toEqual([]);
      expect(await store.threads.messages("u")).toHaveLength(1);
      expect(await store.checkpointer.getTuple({ configurable: { thread_id: "u" } })).toBeDefined();
    });

    it("exports and deletes all of one user and nothing of another", async () => {
      const store = await open();
      await fill(store, "t1", "li");
      await fill(store, "t2", "li");
      await fill(store, "t3", "wang");
      const exported = await store.exportUser("li");
      expect(exported.threads.map(({ id }) => id).sort()).toEqual(["t1", "t2"]);
      const text = JSON.stringify(exported);
      for (const kept of ["标题", "消息", "状态", "结果", "属性", "事实"]) {
        expect(text).toContain(`${kept} of li`);
        expect(text).not.toContain(`${kept} of wang`);
      }
      await store.deleteUser("li");
      expect(await store.exportUser("li")).toEqual({ userId: "li", threads: [], facts: [] });
      expect(await store.checkpointer.getTuple({ configurable: { thread_id: "t1" } })).toBeUndefined();
      expect(JSON.stringify(await store.exportUser("wang"))).toContain("状态 of wang");
      expect(await store.traces.list({ userId: "wang" })).toHaveLength(1);
    });

    it("drops traces and threads that are too old, when asked to", async () => {
      const store = await open({ retention: { traceDays: 7, idleThreadDays: 1e-9 } });
      await fill(store, "t", "li");
      await fill(store, "held", "li");
      await store.traces.add("t", [span("new", "1", null, Date.now())]);
      const claim = await store.claim("held");
      await later();
      await store.prune();
      expect(await store.threads.get("t")).toBeNull();
      expect(await store.threads.get("held")).not.toBeNull();
      // The traces that `fill` makes are from 1970.
      expect(await store.traces.list()).toEqual([]);
      await claim!.release();
    });

    it("keeps threads for ever unless told otherwise, and traces for 30 days", async () => {
      const store = await open();
      await fill(store, "t", "li");
      await store.traces.add("t", [span("new", "1", null, Date.now())]);
      expect(await store.prune()).toEqual({ threads: 0, traces: 1, checkpoints: 0 });
      expect(await store.threads.get("t")).not.toBeNull();
      expect((await store.traces.list()).map(({ traceId }) => traceId)).toEqual(["new"]);
    });
  });
}

/** Something of a user in every place that a store has. */
export async function fill(store: StateStore, threadId: string, userId: string): Promise<void> {
  await store.threads.save({ id: threadId, userId, title: `标题 of ${userId}` });
  await store.threads.append(threadId, [{ id: "m", role: "user", content: `消息 of ${userId}` }]);
  const config = await put(store.checkpointer, threadId, 1, [`状态 of ${userId}`]);
  await store.checkpointer.putWrites(config, [["messages", [`写入 of ${userId}`]]], "task");
  await store.journal.begin(threadId, "call", `工具 of ${userId}`);
  await store.journal.finish(threadId, "call", `结果 of ${userId}`);
  await store.traces.add(threadId, [
    { ...span(`trace of ${threadId}`, "1", null, 5), attributes: { text: `属性 of ${userId}` } },
  ]);
  await store.memory.remember(userId, { text: `事实 of ${userId}`, source: { threadId } });
}

type Config = { configurable: { thread_id: string } };

async function put(
  checkpointer: StateStore["checkpointer"],
  threadId: string,
  step: number,
  messages: unknown,
  parent: Config = { configurable: { thread_id: threadId } },
): Promise<Config> {
  const checkpoint: Checkpoint = {
    v: 4,
    id: `1f0a0000-0000-6000-8000-${String(step).padStart(12, "0")}`,
    ts: new Date().toISOString(),
    channel_values: { messages },
    channel_versions: { messages: step },
    versions_seen: {},
  };
  const metadata = { source: "loop", step, parents: {} } as CheckpointMetadata;
  return (await checkpointer.put(
    { configurable: { checkpoint_ns: "", ...parent.configurable } },
    checkpoint,
    metadata,
    { messages: step },
  )) as Config;
}

function span(traceId: string, spanId: string, parentId: string | null, startedAt: number): TraceSpan {
  return {
    traceId,
    spanId,
    parentId,
    name: `span ${spanId}`,
    startedAt,
    endedAt: startedAt + 0.25,
    status: "ok",
    attributes: { "gen_ai.system": "测试", tokens: 12, cached: false },
  };
}

/** Times are kept by the millisecond. */
function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3));
}
