import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_THRESHOLDS, LocalIndex, RagError } from "../src/index.ts";
import { testDocument } from "./chunk-index.contract.ts";

const root = mkdtempSync(path.join(tmpdir(), "zixue-damage-"));
const sound = path.join(root, "sound");
afterAll(() => rmSync(root, { recursive: true, force: true }));

const commits = [1, 2, 3].map((n) => ({
  put: [
    testDocument(`d${n}`, [`第${n}段 注意力机制`, `第${n}段 反向传播`], {
      vectors: [
        [n, 1],
        [1, n],
      ],
    }),
  ],
}));

beforeAll(async () => {
  const index = await LocalIndex.open({ folder: sound });
  for (const commit of commits) await index.apply(commit);
  await index.close();
});

/** A copy of the sound folder with one file's content replaced; `null` deletes it. */
function damagedCopy(file: string, damage: (content: Buffer) => Buffer | null): string {
  const folder = mkdtempSync(path.join(root, "damaged-"));
  cpSync(sound, folder, { recursive: true });
  const content = damage(readFileSync(path.join(folder, file)));
  if (content === null) rmSync(path.join(folder, file));
  else writeFileSync(path.join(folder, file), content);
  return folder;
}

/** Opens and reads everything: it works, or it fails with an error that says what to do. */
async function openOrExplain(folder: string): Promise<RagError | "opened"> {
  try {
    const index = await LocalIndex.open({ folder, readOnly: true });
    await index.search({ text: "注意力", vector: Float32Array.of(1, 0), limit: 10 });
    for (const id of (await index.documents()).keys()) await index.chunksOf(id);
    expect(await index.stats()).toMatchObject({ documents: 3, chunks: 6 });
    await index.close();
    return "opened";
  } catch (error) {
    expect(error).toBeInstanceOf(RagError);
    return error as RagError;
  }
}

const positions = [0, 0.02, 0.2, 0.4, 0.6, 0.8, 0.99];

describe("a damaged index", () => {
  it("is refused with the file's name and a remedy when a segment is cut short, changed, emptied or gone", async () => {
    const files = readdirSync(sound).filter((name) => name.endsWith(".zxs"));
    expect(files.length).toBe(3);
    const damages: ((content: Buffer) => Buffer | null)[] = [
      ...positions.map((at) => (content: Buffer) => content.subarray(0, Math.floor(content.length * at))),
      ...positions.map((at) => (content: Buffer) => flipBit(content, Math.floor(content.length * at))),
      (content) => Buffer.concat([content, Buffer.from("more")]),
      (content) => Buffer.alloc(content.length),
      () => null,
    ];
    for (const file of files) {
      for (const damage of damages) {
        const error = await openOrExplain(damagedCopy(file, damage));
        expect(error).toMatchObject({ code: "index-corrupt", details: { file } });
        expect((error as RagError).message).toContain("ingest again");
      }
    }
  });

  it("is refused, or unharmed, when the manifest is cut short or changed anywhere", async () => {
    const { length } = readFileSync(path.join(sound, "manifest.json"));
    for (let at = 0; at < length; at += 7) {
      for (const damage of [
        (content: Buffer) => content.subarray(0, at),
        (content: Buffer) => flipBit(content, at),
      ]) {
        const outcome = await openOrExplain(damagedCopy("manifest.json", damage));
        if (outcome !== "opened") expect(["index-corrupt", "index-incompatible"]).toContain(outcome.code);
      }
    }
  });

  it("is refused when two segments are swapped", async () => {
    const [one, two] = readdirSync(sound).filter((name) => name.endsWith(".zxs"));
    const folder = damagedCopy(one!, () => readFileSync(path.join(sound, two!)));
    writeFileSync(path.join(folder, two!), readFileSync(path.join(sound, one!)));
    expect(await openOrExplain(folder)).toMatchObject({ code: "index-corrupt" });
  });

  it("is refused when a manifest is no object", async () => {
    for (const text of ["null", "[]", "7", '"x"', "", "{}", '{"schema":1}']) {
      const outcome = await openOrExplain(damagedCopy("manifest.json", () => Buffer.from(text)));
      expect(outcome).not.toBe("opened");
    }
  });

  it("can be built again in place, by a writer that is told to", async () => {
    const [file] = readdirSync(sound).filter((name) => name.endsWith(".zxs"));
    const folder = damagedCopy(file!, (content) => flipBit(content, 100));
    await expect(LocalIndex.open({ folder })).rejects.toMatchObject({ code: "index-corrupt" });
    const index = await LocalIndex.open({ folder, onUnusable: "rebuild" });
    for (const commit of commits) await index.apply(commit);
    await index.close();
    expect(await openOrExplain(folder)).toBe("opened");
    expect(readdirSync(folder)).toHaveLength(4);
  });
});

describe("the thresholds of a folder", () => {
  const fitted = { ...DEFAULT_THRESHOLDS, refuse: 0.123, similarity: 0.5 };

  it("are there after opening again, for a reader that refreshes, and after a rebuild", async () => {
    const folder = damagedCopy("manifest.json", (content) => content);
    const reader = await LocalIndex.open({ folder, readOnly: true });
    const writer = await LocalIndex.open({ folder });
    await writer.setThresholds(fitted);
    await writer.close();
    expect(await reader.thresholds()).toBeNull();
    expect(await reader.refresh()).toBe(true);
    expect(await reader.thresholds()).toEqual(fitted);
    await expect(reader.setThresholds(null)).rejects.toMatchObject({ code: "invalid-input" });
    await reader.close();
    const [segment] = readdirSync(folder).filter((name) => name.endsWith(".zxs"));
    writeFileSync(path.join(folder, segment!), "");
    const rebuilt = await LocalIndex.open({ folder, onUnusable: "rebuild" });
    for (const commit of commits) await rebuilt.apply(commit);
    expect(await rebuilt.thresholds()).toEqual(fitted);
    await rebuilt.close();
    const other = { folder, fingerprint: { embeddings: "another" } };
    const embedded = await LocalIndex.open({ ...other, onUnusable: "rebuild" });
    expect(await embedded.thresholds()).toEqual({ ...fitted, similarity: null });
    await embedded.close();
  });

  it("are refused by name when someone wrote one that cannot be", async () => {
    const folder = damagedCopy("manifest.json", (content) => {
      const { checksum: _, ...body } = JSON.parse(content.toString());
      const changed = { ...body, thresholds: { ...fitted, refuse: 7 } };
      const checksum = createHash("sha256").update(JSON.stringify(changed)).digest("hex");
      return Buffer.from(JSON.stringify({ ...changed, checksum }));
    });
    const error = await openOrExplain(folder);
    expect(error).toMatchObject({ code: "index-corrupt", details: { file: "manifest.json" } });
    expect((error as RagError).message).toContain("refuse is 7");
  });
});

function flipBit(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at] = copy[at]! ^ 4;
  return copy;
}
