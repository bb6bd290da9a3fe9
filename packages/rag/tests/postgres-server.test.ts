import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPostgres, type PostgresServer, startPostgres } from "../../../tests/postgres-server.ts";
import { MemoryIndex, PostgresIndex, type PostgresIndexOptions } from "../src/index.ts";
import { describeChunkIndex, testDocument } from "./chunk-index.contract.ts";
import { describePostgresIndex, expectAlike } from "./postgres-index.cases.ts";
import { scriptDocument } from "./postgres-script.ts";

const bin = findPostgres();
if (bin === undefined)
  console.warn("Skipped: tests on a real PostgreSQL need its server installed (Debian: postgresql).");

it.runIf(process.env.ZIXUE_REQUIRE_POSTGRES === "1")("finds the PostgreSQL that this run requires", () => {
  expect(bin).toBeDefined();
});

describe.skipIf(bin === undefined)("on a real PostgreSQL", () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  let schemas = 0;
  const newSchema = (): string => `test_${++schemas}`;
  beforeAll(async () => {
    server = await startPostgres(bin!);
    pool = new pg.Pool({ connectionString: server.url, max: 8 });
  });
  afterAll(async () => {
    await pool?.end();
    server?.stop();
  });
  const open = (options: PostgresIndexOptions = {}): Promise<PostgresIndex> =>
    PostgresIndex.open({ connection: pool, schema: newSchema(), ...options });

  describeChunkIndex("PostgresIndex on a server", open);
  describePostgresIndex("PostgresIndex on a server", open, newSchema);

  describe("PostgresIndex with several processes", () => {
    const script = path.join(import.meta.dirname, "postgres-script.ts");
    const start = (schema: string, name: string, count: number) => {
      const args = ["--import", "tsx", script, server.url, schema, name, String(count)];
      const child = spawn(process.execPath, args, {
        cwd: import.meta.dirname,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const report = { lines: [] as string[], errors: "" };
      child.stdout.on("data", (data: Buffer) =>
        report.lines.push(...String(data).split("\n").filter(Boolean)),
      );
      child.stderr.on("data", (data: Buffer) => {
        report.errors += data;
      });
      return { child, report, done: once(child, "close") };
    };

    /** An index that was given the same documents in peace must find the same. */
    async function expectSound(index: PostgresIndex): Promise<void> {
      const documents = [...(await index.documents())];
      const memory = new MemoryIndex();
      for (const [documentId, hash] of documents) {
        const change = scriptDocument(documentId, hash.split(" by ")[1]!);
        expect(await index.chunksOf(documentId)).toEqual(change.chunks);
        await memory.apply({ put: [change] });
      }
      const { chunks } = await memory.stats();
      expect(await index.stats()).toMatchObject({ documents: documents.length, chunks });
      for (const text of ["注意力机制", "gradient descent 进程", "文档 shared", "p1 写的"]) {
        expectAlike(await index.search({ text, limit: 500 }), await memory.search({ text, limit: 500 }));
      }
    }

    it("takes what all of them write, each document wholly from one of them", {
      timeout: 60_000,
    }, async () => {
      const schema = newSchema();
      const processes = ["p1", "p22", "p333"].map((name) => start(schema, name, 30));
      await Promise.all(processes.map(({ done }) => done));
      expect(processes.map(({ child, report }) => [child.exitCode, report.errors])).toEqual(
        processes.map(() => [0, ""]),
      );
      const index = await open({ schema });
      expect((await index.stats()).revision).toBe(90);
      await expectSound(index);
      await index.close();
    });

    it("holds just what was committed after one is killed, and lets the others go on", {
      timeout: 60_000,
    }, async () => {
      const schema = newSchema();
      const [killed, other] = [start(schema, "k", 100_000), start(schema, "p1", 40)];
      while (killed.report.lines.length < 10) await new Promise((resolve) => setTimeout(resolve, 5));
      killed.child.kill("SIGKILL");
      await Promise.all([killed.done, other.done]);
      expect({ exit: other.child.exitCode, errors: other.report.errors }).toEqual({ exit: 0, errors: "" });
      const index = await open({ schema });
      await expectSound(index);
      expect((await index.stats()).revision).toBeGreaterThanOrEqual(40 + killed.report.lines.length);
      expect((await index.stats()).revision).toBeLessThanOrEqual(40 + killed.report.lines.length + 20);
      await index.apply({ put: [testDocument("later", ["又一个文档"])] });
      await index.close();
    });
  });

  describe("PostgresIndex that the server refuses", () => {
    const failure = (url: string): Promise<Error> =>
      PostgresIndex.open({ url, schema: newSchema() }).catch((error) => error);

    it("says that the password is wrong and does not show it", async () => {
      const error = await failure(server.url.replace("geheim", "falsch"));
      expect(error).toMatchObject({
        code: "index-unreachable",
        message: expect.stringMatching(/zixue@127\.0\.0\.1:\d+\/postgres.*password/),
      });
      expect(`${error.message}${error.stack}${JSON.stringify(error.cause)}`).not.toContain("falsch");
    });

    it("says that there is no such database", async () => {
      expect(await failure(server.url.replace("/postgres", "/course"))).toMatchObject({
        code: "index-unreachable",
        message: expect.stringContaining("CREATE DATABASE"),
      });
    });

    it("says what the user lacks, and lets it read what an owner made", async () => {
      const schema = newSchema();
      const owner = await open({ schema });
      await owner.apply({ put: [testDocument("a", ["注意力机制"])] });
      await pool.query(
        `CREATE ROLE reader LOGIN PASSWORD 'leser'; GRANT USAGE ON SCHEMA ${schema} TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO reader`,
      );
      const url = server.url.replace("zixue:geheim", "reader:leser");
      expect(await failure(url)).toMatchObject({
        code: "index-write-failed",
        message: expect.stringContaining("Grant"),
      });
      const reader = await PostgresIndex.open({ url, schema, readOnly: true });
      expect((await reader.search({ text: "注意力", limit: 3 })).keyword).toHaveLength(1);
      await reader.close();
      const writer = await PostgresIndex.open({ url, schema });
      await expect(writer.apply({ remove: ["a"] })).rejects.toMatchObject({ code: "index-write-failed" });
      await writer.close();
      await owner.close();
    });

    it("rolls back when the connection is lost, and works again on the next call", async () => {
      const schema = newSchema();
      const index = await PostgresIndex.open({ url: server.url, schema });
      await index.apply({ put: [testDocument("a", ["注意力机制"])] });
      const before = await index.stats();
      const blocker = await pool.connect();
      await blocker.query(`BEGIN; LOCK TABLE ${schema}.zixue_postings`);
      const applying = index
        .apply({ put: [testDocument("a", ["别的"]), testDocument("b", ["梯度"])] })
        .catch((error) => error);
      const waiting =
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()";
      let pids: { pid: number }[] = [];
      while (pids.length === 0) ({ rows: pids } = await pool.query(waiting));
      await pool.query("SELECT pg_terminate_backend($1)", [pids[0]!.pid]);
      expect(await applying).toMatchObject({
        name: "RagError",
        code: "index-unreachable",
        message: expect.stringContaining("rolled back"),
      });
      await blocker.query("ROLLBACK");
      blocker.release();
      expect(await index.stats()).toEqual(before);
      await index.apply({ put: [testDocument("b", ["梯度"])] });
      expect(await index.stats()).toMatchObject({ documents: 2 });
      await index.close();
    });

    it("says so where pgvector is missing, and compares vectors all the same", async () => {
      const index = await open();
      await index.apply({ put: [testDocument("a", ["一"], { vectors: [[3, 4]] })] });
      const { rowCount } = await pool.query("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'");
      const { vectorNote } = await index.stats();
      if (rowCount === 0) expect(vectorNote).toContain("CREATE EXTENSION vector");
      else expect(vectorNote).toBeUndefined();
      expect((await index.search({ vector: Float32Array.of(4, 3), limit: 1 })).vector[0]!.score).toBeCloseTo(
        0.96,
        5,
      );
      await index.close();
    });
  });
});
