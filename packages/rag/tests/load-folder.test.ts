import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadFolderOptions, loadFolder, type RagError } from "../src/index.ts";
import { makePdf } from "./support/make-pdf.ts";

let folder: string;
const gbk = new Uint8Array([0xb4, 0xf3, 0xc4, 0xa3, 0xd0, 0xcd]); // 大模型
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rag-folder-"));
  const files: Record<string, string | Uint8Array> = {
    "a.md": "\ufeff# 甲\n\n正文。",
    "broken.pdf": "%PDF-1.4 cut off",
    "broken.md": "---\na: [\n---\n",
    "noise.txt": new Uint8Array([0, 1, 2, 3, 0xff, 0x81, 0, 5]),
    "empty.txt": "",
    "gbk.txt": gbk,
    "page.htm": Buffer.concat([Buffer.from('<meta charset="gbk"><p>'), gbk]),
    "sub/b.TXT": utf16("乙"),
    "sub/c.pdf": makePdf([[{ x: 60, y: 700, text: "Page text." }]]),
    "sub/big.md": "大".repeat(2000),
    "picture.png": new Uint8Array([1, 2, 3]),
    ".hidden/x.md": "x",
    ".dot.md": "x",
    "node_modules/y.md": "y",
    "drafts/z.md": "z",
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await symlink(folder, join(folder, "sub", "loop"));
  await symlink(join(folder, "nowhere"), join(folder, "dangling.md"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(options?: LoadFolderOptions) {
  const documents: Record<string, string> = {};
  const failures: Record<string, RagError> = {};
  for await (const { document, failure } of loadFolder(folder, options)) {
    if (document) documents[document.id] = document.blocks.map((b) => b.text).join("|");
    else failures[failure.path] = failure.error;
  }
  return { documents, failures };
}

describe("loadFolder", () => {
  it("reads every format and encoding, names broken files and goes on", async () => {
    const { documents, failures } = await load({ maxBytes: 5000 });
    expect(documents).toEqual({
      "a.md": "甲|正文。",
      "drafts/z.md": "z",
      "empty.txt": "",
      "gbk.txt": "大模型",
      "page.htm": "大模型",
      "sub/b.TXT": "乙",
      "sub/c.pdf": "Page text.",
    });
    expect(Object.keys(documents)).toEqual(Object.keys(documents).sort());
    expect(Object.keys(failures).sort()).toEqual(["broken.md", "broken.pdf", "noise.txt", "sub/big.md"]);
    expect(failures["broken.md"]!.message).toMatch(/^broken\.md:\d/);
    expect(failures["noise.txt"]!.code).toBe("invalid-document");
    expect(failures["sub/big.md"]!.message).toMatch(/6000 bytes.*5000/);
  });

  it("includes and excludes by glob", async () => {
    const { documents, failures } = await load({
      include: ["**/*.{md,TXT}"],
      exclude: ["drafts", "broken.*"],
    });
    expect(Object.keys(documents).sort()).toEqual(["a.md", "sub/b.TXT", "sub/big.md"]);
    expect(failures).toEqual({});
  });

  it("reports unreadable formats only when asked", async () => {
    const { failures } = await load({ include: ["*.png"], reportUnsupported: true });
    expect(failures["picture.png"]!.code).toBe("unsupported-format");
    expect((await load({ include: ["*.png"] })).failures).toEqual({});
  });

  it("refuses what is no folder, and stops when aborted", async () => {
    await expect(loadFolder(join(folder, "nowhere")).next()).rejects.toThrow(/does not exist/);
    await expect(loadFolder(join(folder, "a.md")).next()).rejects.toThrow(/is not a folder/);
    const controller = new AbortController();
    const files = loadFolder(folder, { signal: controller.signal });
    await files.next();
    controller.abort();
    await expect(files.next()).rejects.toMatchObject({ code: "aborted" });
  });
});
