import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findPostgres, type PostgresServer, startPostgres } from "../../../tests/postgres-server.ts";
import { openStateStore, type StateStore } from "../src/index.ts";
import { describeAgentOverStore } from "./agent-over-store.contract.ts";
import { describeApprovals } from "./approvals.contract.ts";
import { greps } from "./grep-tables.ts";
import { describeInterruptedRuns } from "./interrupted-runs.contract.ts";
import { runStateScript } from "./run-state-script.ts";
import { describeStateStore, fill } from "./state-store.contract.ts";

const bin = findPostgres();
if (bin === undefined)
  console.warn("Skipped: tests on a real PostgreSQL need its server installed (Debian: postgresql).");

it.runIf(process.env.ZIXUE_REQUIRE_POSTGRES === "1")("finds the PostgreSQL that this run requires", () => {
  expect(bin).toBeDefined();
});

describe.skipIf(bin === undefined)("on a real PostgreSQL", () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  let folder: string;
  let schemas = 0;
  const options = () => ({ schema: `test_${++schemas}` });
  const opened: StateStore[] = [];
  const open = (...given: Parameters<typeof openStateStore>) => {
    const store = openStateStore(...given);
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "zixue-state-"));
    server = await startPostgres(bin!);
    pool = new pg.Pool({ connectionString: server.url, max: 8 });
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  afterAll(async () => {
    await pool?.end();
    server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describeStateStore("PostgreSQL", (more) => open({ client: pool }, { ...options(), ...more }));
  const reopenable = () => {
    const same = options();
    const store = open({ url: server.url }, same);
    return {
      store,
      reopen: async () => {
        await store.close();
        return open({ url: server.url }, same);
      },
    };
  };
  describeAgentOverStore("PostgreSQL", reopenable);
  describeApprovals("PostgreSQL", reopenable, { numRuns: 4 });
  describeInterruptedRuns("PostgreSQL", reopenable);

  it("leaves nothing of a deleted user in any table", async () => {
    const { schema, ...others } = options();
    const store = open({ client: pool }, { schema, ...others });
    await fill(store, "t1", "李雷");
    const query = async (sql: string) => (await pool.query<Record<string, unknown>>(sql)).rows;
    expect(await greps(query, schema, "of 李雷")).toHaveLength(7);
    await store.deleteUser("李雷");
    expect(await greps(query, schema, "李雷")).toEqual([]);
    expect(await greps(query, schema, "t1")).toEqual([]);
  });

  it("is opened by many at once while it is empty", { timeout: 120_000 }, async () => {
    const same = options();
    const stores = Array.from({ length: 6 }, () => open({ client: pool }, same));
    await Promise.all(stores.map((store, at) => store.threads.save({ id: `s${at}` })));
    const empty = options();
    const processes = [1, 2].map(() => runStateScript({ url: server.url }, empty, "migrate"));
    expect(await Promise.all(processes.map(({ said }) => said))).toEqual(["saved", "saved"]);
    await Promise.all(processes.map(({ done }) => done));
    expect(await stores[0]!.threads.list("")).toHaveLength(6);
  });

  it("refuses tables that a newer version made", async () => {
    const same = options();
    await open({ client: pool }, same).threads.list("");
    await pool.query(`INSERT INTO ${same.schema}.migrations (version) VALUES (99)`);
    await expect(open({ client: pool }, same).threads.list("")).rejects.toMatchObject({
      code: "store-incompatible",
    });
  });

  it("gives a thread to one process at a time, and frees it some time after its process was killed", {
    timeout: 120_000,
  }, async () => {
    const same = { ...options(), claimSeconds: 2 };
    const store = open({ client: pool }, same);
    const holder = runStateScript({ url: server.url }, same, "hold");
    expect(await holder.said).toBe("held");
    // Longer than the lease: the heartbeat keeps it.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await store.claim("t")).toBeNull();
    holder.child.kill("SIGKILL");
    await holder.done;
    await expect.poll(() => store.claim("t"), { timeout: 20_000 }).not.toBeNull();
  });

  it("tells a run that its claim was taken", async () => {
    const same = { ...options(), claimSeconds: 1 };
    const claim = await open({ client: pool }, same).claim("t");
    await pool.query(`UPDATE ${same.schema}.claims SET owner = 'another'`);
    await expect.poll(() => claim!.lost.aborted, { timeout: 20_000 }).toBe(true);
    expect(claim!.lost.reason).toMatchObject({ code: "thread-lost" });
    await claim!.release();
    expect((await pool.query(`SELECT owner FROM ${same.schema}.claims`)).rows).toEqual([
      { owner: "another" },
    ]);
  });

  it("tells a run that the database is gone", async () => {
    const own = new pg.Pool({ connectionString: server.url, max: 1 });
    const claim = await open({ client: own }, { ...options(), claimSeconds: 1 }).claim("t");
    await own.end();
    await expect.poll(() => claim!.lost.aborted, { timeout: 20_000 }).toBe(true);
    expect(claim!.lost.reason).toMatchObject({ code: "thread-lost" });
    await claim!.release();
  });

  it("stops a run whose thread is deleted in another process", async () => {
    const same = { ...options(), claimSeconds: 1 };
    const claim = await open({ client: pool }, same).claim("t");
    await open({ client: pool }, same).threads.delete("t");
    await expect.poll(() => claim!.lost.aborted, { timeout: 20_000 }).toBe(true);
    await claim!.release();
    expect((await pool.query(`SELECT 1 FROM ${same.schema}.claims`)).rows).toEqual([]);
  });

  it("resumes in another process what was paused in one that is gone, and runs the tool once", {
    timeout: 120_000,
  }, async () => {
    const same = options();
    const file = path.join(folder, "sent.txt");
    const paused = runStateScript({ url: server.url }, same, "pause", file);
    expect(await paused.said).toBe("waiting");
    await paused.done;
    const resumed = [1, 2].map(() => runStateScript({ url: server.url }, same, "resume", file));
    const outcomes = await Promise.all(resumed.map(({ said }) => said));
    await Promise.all(resumed.map(({ done }) => done));
    expect(outcomes).toContain("completed");
    expect(["thread-busy", "nothing-to-resume"]).toContain(outcomes.find((one) => one !== "completed"));
    expect(readFileSync(file, "utf8")).toBe("韩梅梅\n");
  });
});
