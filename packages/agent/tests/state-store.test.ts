import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { memoryStore, openStateStore, type StateStore, stateStoreFromEnv } from "../src/index.ts";
import { describeAgentOverStore } from "./agent-over-store.contract.ts";
import { greps } from "./grep-tables.ts";
import { runStateScript } from "./run-state-script.ts";
import { outcomeOf, sendingAgent } from "./sending-agent.ts";
import { describeStateStore, fill } from "./state-store.contract.ts";

describeStateStore("memoryStore", memoryStore);
describeAgentOverStore("memoryStore", () => {
  const store = memoryStore();
  return { store, reopen: async () => store };
});

describe("memoryStore", () => {
  it("lets the thread go that was idle for longest when there are too many, unless a run has it", async () => {
    const store = memoryStore({ threads: 2 });
    for (const id of ["a", "b"]) await fill(store, id, "li");
    const claim = await store.claim("a");
    await fill(store, "c", "li");
    expect((await store.threads.list("li")).map(({ id }) => id)).toEqual(["c", "a"]);
    expect(await store.checkpointer.getTuple({ configurable: { thread_id: "b" } })).toBeUndefined();
    await claim!.release();
  });
});

describe("in PGlite", () => {
  let pglite: PGlite;
  let folder: string;
  let onDisk: PGlite;
  let schemas = 0;
  const options = () => ({ schema: `test_${++schemas}` });
  const opened: StateStore[] = [];
  const track = (store: StateStore) => {
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "zixue-state-"));
    [pglite, onDisk] = await Promise.all([PGlite.create(), PGlite.create(path.join(folder, "client"))]);
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  afterAll(async () => {
    await pglite?.close();
    await onDisk?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describeStateStore("PGlite in memory", (more) =>
    track(openStateStore({ client: pglite }, { ...options(), ...more })),
  );
  describeStateStore("PGlite on disk", (more) =>
    track(openStateStore({ client: onDisk }, { ...options(), ...more })),
  );
  describeAgentOverStore("PGlite", () => {
    const same = options();
    const open = () => track(openStateStore({ client: pglite }, same));
    const store = open();
    return {
      store,
      reopen: async () => {
        await store.close();
        return open();
      },
    };
  });

  it("leaves nothing of a deleted user in any table", async () => {
    const { schema, ...others } = options();
    const store = track(openStateStore({ client: pglite }, { schema, ...others }));
    await fill(store, "t1", "李雷");
    await fill(store, "t2", "wang");
    const query = async (sql: string) => (await pglite.query(sql)).rows as Record<string, unknown>[];
    expect((await greps(query, schema, "of 李雷")).sort()).toEqual([
      "checkpoint_writes",
      "checkpoints",
      "facts",
      "journal",
      "messages",
      "spans",
      "threads",
    ]);
    await store.deleteUser("李雷");
    expect(await greps(query, schema, "李雷")).toEqual([]);
    expect(await greps(query, schema, "t1")).toEqual([]);
    expect(await greps(query, schema, "of wang")).toHaveLength(7);
  });

  it("opens a folder at first use, keeps it over a restart, and gives it to one store at a time", async () => {
    const state = path.join(folder, "state");
    const store = track(stateStoreFromEnv({}, { folder: state }));
    const second = track(openStateStore({ folder: state }));
    await store.threads.save({ id: "t", userId: "li" });
    await store.claim("t");
    await expect(second.threads.list("li")).rejects.toMatchObject({
      code: "store-busy",
      message: expect.stringContaining("Open it once and share the store"),
    });
    await store.close();
    // Waits for nobody: what it tries again is opened now.
    expect(await second.threads.list("li")).toMatchObject([{ id: "t" }]);
    await expect(store.threads.list("li")).rejects.toMatchObject({ code: "store-closed" });
  });
});

describe("openStateStore", () => {
  it("says what is wrong with its options, and shows no password", async () => {
    expect(() => openStateStore({} as never)).toThrow(/one of \{ folder/);
    expect(() => openStateStore({ folder: "a", url: "b" } as never)).toThrow(/one of \{ folder/);
    expect(() => openStateStore({ client: {} as never })).toThrow(/pg\.Pool or a PGlite/);
    expect(() => openStateStore({ folder: "a" }, { schema: 'x"; DROP' })).toThrow(/schema/);
    expect(() => openStateStore({ folder: "a" }, { retention: { facts: 0 } })).toThrow(/"facts"/);
    expect(() => openStateStore({ folder: "a" }, { retention: { days: 3 } as never })).toThrow(
      /"days"; there are/,
    );
    for (const url of ["mysql://u:geheim@h/d", "postgresql://u:ge heim@:x:/d"])
      expect(() => stateStoreFromEnv({ DATABASE_URL: url }, { folder: "a" })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("heim") }),
      );
  });

  it("says that a server cannot be reached, and tries again with the next call", async () => {
    const store = openStateStore({ url: "postgresql://u:geheim@127.0.0.1:1/d" });
    for (let i = 0; i < 2; i++) {
      const error = await store.threads.list("li").catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "store-unreachable" });
      expect(String(error)).toMatch(/u@127\.0\.0\.1:1\/d takes no connections/);
      expect(String(error)).not.toContain("geheim");
    }
    await store.close();
  });

  it("costs nothing until it is used", async () => {
    const folder = path.join(tmpdir(), "zixue-never-made");
    await openStateStore({ folder }).close();
    expect(() => rmSync(folder)).toThrow();
  });
});

describe("a PGlite folder", () => {
  it("serves one process at a time, and is free again at once when that process was killed", {
    timeout: 120_000,
  }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "zixue-state-"));
    const location = { folder: path.join(folder, "state") };
    const holder = runStateScript(location, {}, "pause-and-hold");
    expect(await holder.said).toBe("held");
    const store = openStateStore(location);
    const busy = await store.threads.list("").catch((error: unknown) => error);
    expect(busy).toMatchObject({ code: "store-busy", details: { pid: holder.child.pid } });
    expect(String(busy)).toMatch(new RegExp(`process ${holder.child.pid}.*DATABASE_URL`));
    holder.child.kill("SIGKILL");
    await holder.done;
    const agent = sendingAgent(store, () => {});
    expect(await outcomeOf(agent.resume("t", { c1: { type: "approve" } }))).toBe("completed");
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
