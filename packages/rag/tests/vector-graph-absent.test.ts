import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { LocalIndex } from "../src/index.ts";
import { testDocument } from "./chunk-index.contract.ts";

// As on a machine without a compiler: the optional package cannot be loaded.
vi.mock("hnswlib-node", () => {
  throw new Error("Could not locate the bindings file");
});

const folder = mkdtempSync(path.join(tmpdir(), "zixue-absent-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("serves by exact search, and says why, where hnswlib-node is not installed", async () => {
  const index = await LocalIndex.open({ folder, vectors: "hnsw" });
  await index.apply({
    put: [
      testDocument("a", ["一", "二"], {
        vectors: [
          [1, 0],
          [0, 1],
        ],
      }),
    ],
  });
  await index.optimize();
  expect(await index.stats()).toMatchObject({
    vectorSearch: "exact",
    vectorNote: expect.stringContaining("npm install hnswlib-node"),
  });
  const { vector } = await index.search({ vector: Float32Array.of(0.1, 1), limit: 1 });
  expect(vector.map(({ chunk }) => chunk.id)).toEqual(["a@1"]);
  await index.close();
});
