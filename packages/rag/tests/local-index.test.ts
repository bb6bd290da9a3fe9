import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { LocalIndex } from "../src/index.ts";
import { describeChunkIndex } from "./chunk-index.contract.ts";

const folders = mkdtempSync(path.join(tmpdir(), "zixue-local-index-"));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

describeChunkIndex("LocalIndex", () =>
  LocalIndex.open({ folder: mkdtempSync(path.join(folders, "index-")) }),
);
describeChunkIndex("LocalIndex with a graph", () =>
  LocalIndex.open({ folder: mkdtempSync(path.join(folders, "index-")), vectors: "hnsw" }),
);
