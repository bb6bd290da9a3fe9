import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PostgresIndex, type PostgresIndexOptions } from "../src/index.ts";
import { describeChunkIndex, testDocument } from "./chunk-index.contract.ts";
import { describePostgresIndex } from "./postgres-index.cases.ts";
import { openPGlite } from "./support/pglite.ts";
import { bruteForce, clusteredVectors } from "./vectors.ts";

let pglite: PGlite;
let schemas = 0;
const newSchema = (): string => `test_${++schemas}`;
beforeAll(async () => {
  pglite = await openPGlite();
});
afterAll(() => pglite.close());
const open = (options: PostgresIndexOptions = {}): Promise<PostgresIndex> =>
  PostgresIndex.open({ connection: pglite, schema: newSchema(), ...options });

describeChunkIndex("PostgresIndex on PGlite", open);
describePostgresIndex("PostgresIndex on PGlite", open, newSchema);

describe("PostgresIndex with pgvector's graph", () => {
  const vectors = clusteredVectors(1200, 16, 7);
  const documents = [0, 1, 2].map((document) =>
    testDocument(
      `d${document}`,
      Array.from({ length: 400 }, (_, index) => `段 ${index}`),
      {
        vectors: vectors.slice(document * 400, document * 400 + 400).map((vector) => [...vector]),
        metadata: { document },
      },
    ),
  );

  it("finds nearly all that an exact search finds, and everything that a filter lets through", async () => {
    const index = await open({ vectors: "hnsw" });
    await index.apply({ put: documents.slice(0, 2) });
    expect(await index.stats()).toMatchObject({ vectorSearch: "exact", dimensions: 16 });
    await index.apply({ put: documents.slice(2) });
    expect(await index.stats()).toMatchObject({ vectorSearch: "hnsw", chunks: 1200 });
    const queries = clusteredVectors(20, 16, 8);
    let found = 0;
    for (const query of queries) {
      const { vector } = await index.search({ vector: query, limit: 10 });
      const truth = new Set(
        bruteForce(vectors, query, 10).map(({ row }) => `d${Math.floor(row / 400)}@${row % 400}`),
      );
      found += vector.filter(({ chunk }) => truth.has(chunk.id)).length;
    }
    expect(found / 200).toBeGreaterThanOrEqual(0.98);
    const filtered = await index.search({ vector: queries[0]!, limit: 10, filter: { document: 1 } });
    const truth = bruteForce(vectors, queries[0]!, 10, (row) => Math.floor(row / 400) === 1);
    expect(filtered.vector.map(({ chunk }) => chunk.id)).toEqual(truth.map(({ row }) => `d1@${row % 400}`));
    await index.apply({ remove: ["d0", "d1", "d2"] });
    await index.apply({ put: [testDocument("e", ["别的维数"], { vectors: [[1, 2]] })] });
    expect(await index.stats()).toMatchObject({ dimensions: 2, vectorSearch: "exact" });
    await index.close();
  });
});

describe("PostgresIndex without a connection", () => {
  it.each([
    ["nothing", {}],
    ["an empty url", { url: "" }],
    ["another protocol", { url: "mysql://root:geheim@127.0.0.1/x" }],
    ["a broken url", { url: "postgresql://user:ge heim@[::1/x" }],
    ["a thing that is no pool", { connection: {} as never }],
  ])("refuses %s and shows no password", async (_, options) => {
    const error = await PostgresIndex.open(options).catch((caught) => caught);
    expect(error).toMatchObject({ name: "RagError", code: "invalid-input" });
    expect(describeAll(error)).not.toContain("heim");
  });

  it("says which server does not answer, and no password", async () => {
    const error = await PostgresIndex.open({ url: "postgresql://learner:geheim@127.0.0.1:1/course" }).catch(
      (caught) => caught,
    );
    expect(error).toMatchObject({
      code: "index-unreachable",
      message: expect.stringContaining("learner@127.0.0.1:1/course"),
    });
    expect(describeAll(error)).not.toContain("geheim");
  });

  it("opens a PGlite of its own", async () => {
    const index = await PostgresIndex.open({ url: "pglite:" });
    await index.apply({ put: [testDocument("a", ["注意力机制"], { vectors: [[1, 2]] })] });
    expect(await index.stats()).toMatchObject({ documents: 1, vectorSearch: "exact" });
    expect((await index.stats()).vectorNote).toBeUndefined();
    await index.close();
  });
});

function describeAll(error: unknown): string {
  const { message, stack, cause, details } = error as Error & { details: unknown };
  return `${message} ${stack} ${JSON.stringify(details)} ${cause === undefined ? "" : describeAll(cause)} ${JSON.stringify(cause)}`;
}
