import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalIndex } from "@zixue/rag";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CountingEmbeddings } from "../counting-embeddings.ts";
import { handbooks } from "../documents.ts";
import { killAndContinue } from "../interrupt.ts";
import { refresh } from "../refresh.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zixue-incremental-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("refresh", () => {
  it("embeds each chunk once, then only what was edited, and takes back what was known", async () => {
    const index = await LocalIndex.open({ folder: join(folder, "index") });
    const embeddings = new CountingEmbeddings();
    const run = (sources = handbooks) => refresh(index, sources, embeddings, join(folder, "vectors"));
    await run();
    const all = embeddings.asked.length;
    expect(all).toBe((await index.stats()).chunks);
    await run();
    expect(embeddings.asked).toHaveLength(all);
    const edited = handbooks.map((source, i) =>
      i === 0 ? { ...source, content: source.content.replace("先看监控", "先看面板") } : source,
    );
    expect(await run(edited)).toMatchObject({ changed: 1, unchanged: 2 });
    expect(embeddings.asked.slice(all)).toHaveLength(1);
    expect(embeddings.asked.at(-1)).toContain("先看面板");
    await run();
    expect(embeddings.asked).toHaveLength(all + 1);
    await index.close();
  });

  it("removes what is gone from the folder", async () => {
    const index = await LocalIndex.open({ folder: join(folder, "index") });
    const embeddings = new CountingEmbeddings();
    await refresh(index, handbooks, embeddings, join(folder, "vectors"));
    await refresh(index, handbooks.slice(1), embeddings, join(folder, "vectors"));
    expect([...(await index.documents()).keys()]).toEqual(handbooks.slice(1).map(({ id }) => id));
    await index.close();
  });
});

describe("a killed ingest", () => {
  it("keeps whole commits and goes on from there", async () => {
    const result = await killAndContinue(join(folder, "index"), join(folder, "vectors"), 700);
    expect(result.held).toBeGreaterThanOrEqual(result.reported);
    expect(result.held).toBeLessThan(700);
    expect(result.held % 256).toBe(0);
    expect(result).toMatchObject({ unchanged: result.held, added: 700 - result.held, found: true });
  });
});
