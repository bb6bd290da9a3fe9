import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parseDocx, parsePdf, splitDocument } from "../src/index.ts";
import { makeDocx } from "./support/make-docx.ts";
import { linesAt, makePdf } from "./support/make-pdf.ts";

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
if (chromium === undefined) console.warn("No Chromium found: the test of a Chinese PDF is skipped.");

describe("parsePdf", () => {
  it("rebuilds headings and paragraphs with their pages and drops running lines", async () => {
    const page = (n: number, body: string[]) => [
      { x: 60, y: 800, text: "A Report on Models" },
      ...(n === 1 ? [{ x: 60, y: 760, size: 18, text: "Attention" }] : []),
      ...linesAt(60, 720, body),
      { x: 290, y: 40, text: String(n) },
    ];
    const bytes = makePdf([
      page(1, [
        "The first paragraph goes over two lines and breaks a trans-",
        "former at the end of a line.",
        "A second one begins here and goes on over the page into",
      ]),
      page(2, ["the next one, where it ends.", "Third."]),
      page(3, ["Last."]),
    ]);
    const document = await parsePdf({ id: "a/report.pdf", bytes });
    expect(document.title).toBe("Attention");
    expect(document.blocks.map((b) => [b.kind, b.page, b.text])).toEqual([
      ["heading", 1, "Attention"],
      [
        "paragraph",
        1,
        "The first paragraph goes over two lines and breaks a transformer at the end of a line.",
      ],
      [
        "paragraph",
        1,
        "A second one begins here and goes on over the page into the next one, where it ends.",
      ],
      ["paragraph", 2, "Third."],
      ["paragraph", 3, "Last."],
    ]);
    for (const b of document.blocks) expect(document.content.slice(b.start, b.end)).toBe(b.text);
    expect(splitDocument(document)[0]!.page).toBe(1);
  });

  it("names a broken, empty, locked or scanned file and says what to do", async () => {
    const good = makePdf([[{ x: 60, y: 700, text: "Text." }]]);
    const attempts: [Uint8Array, RegExp][] = [
      [good.slice(0, 60), /bad\.pdf cannot be read.*broken/],
      [new Uint8Array(), /bad\.pdf is empty/],
      [new TextEncoder().encode("not a pdf"), /bad\.pdf cannot be read/],
      [makePdf([[{ x: 60, y: 700, text: "Text." }]], { encrypted: true }), /bad\.pdf has a password/],
      [makePdf([[]]), /bad\.pdf holds no text.*OCR/],
    ];
    for (const [bytes, message] of attempts) {
      await expect(parsePdf({ id: "bad.pdf", bytes })).rejects.toMatchObject({
        code: "invalid-document",
        message: expect.stringMatching(message),
      });
    }
    expect(good[0]).toBe(0x25);
  });

  it("stops when aborted", async () => {
    const signal = AbortSignal.abort();
    await expect(parsePdf({ id: "a.pdf", bytes: makePdf([[]]), signal })).rejects.toMatchObject({
      code: "aborted",
    });
  });

  it.skipIf(chromium === undefined)("reads a printed Chinese page", { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "rag-pdf-"));
    try {
      const text = "大语言模型的能力随参数、数据与算力一起增长,这条规律叫缩放定律。".repeat(12);
      await writeFile(
        join(folder, "a.html"),
        `<meta charset=utf-8><title>缩放定律</title><h1>缩放定律</h1><p>${text}</p><h2>涌现</h2><p>小模型上没有、规模越过阈值后突然出现的能力。</p>`,
      );
      await promisify(execFile)(
        chromium!,
        [
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          `--user-data-dir=${folder}/profile`,
          "--no-pdf-header-footer",
          `--print-to-pdf=${folder}/a.pdf`,
          `file://${folder}/a.html`,
        ],
        { timeout: 50_000 },
      );
      const document = await parsePdf({ id: "a.pdf", bytes: await readFile(join(folder, "a.pdf")) });
      expect(document.title).toBe("缩放定律");
      expect(document.blocks.map((b) => [b.kind, b.text])).toEqual([
        ["heading", "缩放定律"],
        ["paragraph", text],
        ["heading", "涌现"],
        ["paragraph", "小模型上没有、规模越过阈值后突然出现的能力。"],
      ]);
      expect(document.blocks[3]!.headingPath).toEqual(["涌现"]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("parseDocx", () => {
  it("reads headings, paragraphs and tables by their styles, Chinese style names too", async () => {
    const bytes = await makeDocx([
      ["H1", "手册"],
      ["", "第一段 &amp; 正文。"],
      ["Z2", "安装"],
      {
        rows: [
          ["系统", "命令"],
          ["Linux", "apt"],
        ],
      },
    ]);
    const document = await parseDocx({ id: "手册.docx", bytes });
    expect(document.title).toBe("手册");
    expect(document.blocks.map((b) => [b.kind, b.headingPath, b.text])).toEqual([
      ["heading", [], "手册"],
      ["paragraph", [], "第一段 & 正文。"],
      ["heading", [], "安装"],
      ["table", ["安装"], "| 系统 | 命令 |\n| --- | --- |\n| Linux | apt |"],
    ]);
    for (const b of document.blocks) expect(document.content.slice(b.start, b.end)).toBe(b.text);
  });

  it("names a broken, empty or locked file and says what to do", async () => {
    const good = await makeDocx([["", "文"]]);
    const attempts: [Uint8Array, RegExp][] = [
      [good.slice(0, good.length / 2), /bad\.docx cannot be read/],
      [new Uint8Array(), /bad\.docx is empty/],
      [new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), /bad\.docx is an old \.doc or has a password/],
    ];
    for (const [bytes, message] of attempts) {
      await expect(parseDocx({ id: "bad.docx", bytes })).rejects.toMatchObject({
        code: "invalid-document",
        message: expect.stringMatching(message),
      });
    }
  });
});
