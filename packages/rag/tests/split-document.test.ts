import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMarkdown, RagError, splitDocument } from "../src/index.ts";

const split = (content: string, options = {}) => splitDocument(parseMarkdown({ id: "d", content }), options);
const sentence = (n: number) => `第${n}句说的是模型参数与数据的关系。`;
const paragraph = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => sentence(from + i)).join("");

describe("splitDocument", () => {
  it("never crosses a heading and keeps its path", () => {
    const chunks = split("# 题\n\n引言。\n\n## 甲\n\n一。\n\n二。\n\n### 乙\n\n三。\n\n## 丙\n\n四。");
    expect(chunks.map((c) => [c.headingPath, c.text])).toEqual([
      [[], "引言。"],
      [["甲"], "一。\n\n二。"],
      [["甲", "乙"], "三。"],
      [["丙"], "四。"],
    ]);
    expect(chunks.map((c) => c.ordinal)).toEqual([0, 1, 2, 3]);
  });

  it("says where each block begins", () => {
    const [chunk] = split("段落:\n\n```ts\na\n\nb\n```\n\n末段。");
    expect(chunk!.spans!.map((s) => [s.kind, s.start])).toEqual([
      ["paragraph", 0],
      ["code", 5],
      ["paragraph", 11],
    ]);
    expect(chunk!.spans!.map((s) => s.blockId)).toEqual(chunk!.blockIds);
  });

  it("keeps an announcing line with its table, list, code or formula, and 其中 with the formula", () => {
    const table = `| 名 | 值 |\n|---|---|\n${"| 参数 | 七十亿 |\n".repeat(8)}`;
    const chunks = split(
      `${paragraph(1, 5)}\n\n结果如下：\n\n${table}\n${paragraph(9, 5)}\n\n公式是:\n\n$$\ny=x\n$$\n\n其中 x 是输入。`,
      {
        maxTokens: 90,
      },
    );
    expect(chunks.some((c) => c.text.startsWith("结果如下：\n\n| 名 | 值 |"))).toBe(true);
    expect(chunks.some((c) => /公式是:\n\n\$\$\ny=x\n\$\$\n\n其中/.test(c.text))).toBe(true);
  });

  it("keeps a table whole above maxTokens, and beyond the cap repeats its header over whole rows", () => {
    const rows = Array.from({ length: 60 }, (_, i) => `| 模型${i} | ${i} 亿 |`);
    const content = `| 名 | 值 |\n|---|---|\n${rows.join("\n")}`;
    expect(split(content, { maxTokens: 300, maxWholeTokens: 5000 })).toHaveLength(1);
    const chunks = split(content, { maxTokens: 100 });
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks) expect(chunk.text).toMatch(/^\| 名 \| 值 \|\n\| --- \| --- \|\n\| 模型/);
    expect(chunks.flatMap((c) => c.text.split("\n").slice(2))).toEqual(rows);
    expect(chunks.map((c) => content.slice(c.start, c.end)).join("\n")).toBe(content);
  });

  it("cuts a long paragraph between sentences, with exact offsets behind Markdown marks", () => {
    const body = Array.from(
      { length: 40 },
      (_, i) => `**第${i}句**讲[注意力](https://e.org/注意力)与 \`q·k\` 的关系。`,
    ).join("");
    const content = `# 题\n\n${body}`;
    const chunks = split(content, { maxTokens: 120 });
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.map((c) => content.slice(c.start, c.end)).join("")).toBe(body);
    for (const chunk of chunks) {
      expect(chunk.text).toMatch(/^第\d+句.*关系。$/);
      // A mark between two sentences may go with either.
      const source = content.slice(chunk.start, chunk.end).replace(/\*\*/g, "");
      expect(parseMarkdown({ id: "s", content: source }).blocks[0]!.text).toBe(chunk.text);
      expect(chunk.tokens).toBeLessThanOrEqual(120);
    }
  });

  it("evens out a short rest", () => {
    const sizes = split(Array.from({ length: 9 }, (_, i) => sentence(i)).join("\n\n"), {
      maxTokens: 100,
      minTokens: 40,
    });
    expect(Math.min(...sizes.map((c) => c.tokens))).toBeGreaterThanOrEqual(40);
  });

  it("changes ids under the edited heading only", () => {
    const content = (x: string) => `## 甲\n\n一。\n\n## 乙\n\n${x}\n\n## 丙\n\n三。\n\n## 丁\n\n三。`;
    const before = split(content("二。")).map((c) => c.id);
    const after = split(content("二又二。")).map((c) => c.id);
    expect(before.map((id, i) => id === after[i])).toEqual([true, false, true, true]);
    expect(new Set(before).size).toBe(4);
    expect(before[0]).toMatch(/^d@[0-9a-f]{12}$/);
  });

  it("takes headings as content only where there is nothing else", () => {
    expect(split("# 甲\n\n## 乙").map((c) => c.text)).toEqual(["甲", "乙"]);
    expect(split("")).toEqual([]);
  });

  it("refuses sizes that cannot hold", () => {
    for (const options of [{ maxTokens: 0 }, { maxTokens: Number.NaN }, { maxTokens: 10, minTokens: 20 }]) {
      expect(() => split("甲", options)).toThrow(RagError);
    }
  });

  it("cuts a text of several hundred thousand characters without a sentence end in reasonable time", () => {
    const started = performance.now();
    const chunks = split("大模型训练数据".repeat(30_000));
    expect(chunks.length).toBeGreaterThan(300);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("properties of chunks", () => {
  const word = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        "模型",
        "参数",
        "注意力，",
        "数据。",
        "why? ",
        "model ",
        "**粗**",
        "`c`",
        "$x$",
        "3.14",
        "：",
        "“引。”",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "😀",
        "👨‍👩‍👧‍👦",
        "🇨🇳🇺🇸",
        "é",
        "각",
        "𠮷",
        "Supercalifragilistic",
        "\u200d",
        "क्षि",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.string({ unit: "grapheme", maxLength: 4 }).map((s) => s.replace(/[\r\n]/g, "")),
    },
  );
  const line = fc.array(word, { minLength: 1, maxLength: 60 }).map((w) => w.join(""));
  const block = fc.oneof(
    line,
    line.map((l) => `## ${l.slice(0, 12)}`),
    fc.array(line, { minLength: 1, maxLength: 6 }).map((ls) => ls.map((l) => `- ${l}`).join("\n")),
    fc
      .array(line, { minLength: 1, maxLength: 6 })
      .map((ls) => `| a |\n|---|\n${ls.map((l) => `| ${l} |`).join("\n")}`),
    fc.array(line, { maxLength: 6 }).map((ls) => `\`\`\`\n${ls.join("\n")}\n\`\`\``),
    line.map((l) => `> ${l}`),
  );
  const content = fc.array(block, { maxLength: 10 }).map((blocks) => blocks.join("\n\n"));
  const graphemes = new Intl.Segmenter("zh", { granularity: "grapheme" });

  it("hold for any document", () => {
    fc.assert(
      fc.property(content, fc.integer({ min: 12, max: 120 }), (text, maxTokens) => {
        const document = parseMarkdown({ id: "d", content: text });
        const wanted = document.blocks.filter((b) => b.kind !== "heading");
        const maxWholeTokens = maxTokens * 2;
        const chunks = splitDocument(document, { maxTokens, maxWholeTokens });
        expect(splitDocument(document, { maxTokens, maxWholeTokens })).toEqual(chunks);
        if (wanted.length === 0) return;

        // Every content block, once and in order.
        const ids = chunks.flatMap((c) => c.blockIds);
        expect(ids.filter((id, i) => id !== ids[i - 1])).toEqual(wanted.map((b) => b.id));
        const squeeze = (s: string) => s.replace(/\s+/g, "");
        const parts = chunks.flatMap((c) =>
          c.spans!.map((s, i) => ({ ...s, text: c.text.slice(s.start, c.spans![i + 1]?.start) })),
        );
        for (const b of wanted) {
          const header = b.kind === "table" ? b.text.split("\n").slice(0, 2).join("\n") : "";
          const own = parts
            .filter((p) => p.blockId === b.id)
            .map((p, i) => (i > 0 ? p.text.slice(header.length) : p.text));
          expect(squeeze(own.join(""))).toBe(squeeze(b.text));
        }

        let end = 0;
        for (const chunk of chunks) {
          expect(chunk.start).toBeGreaterThanOrEqual(end);
          end = chunk.end;
          if (!/[\ud800-\udfff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ""))) {
            expect(() => encodeURIComponent(text.slice(chunk.start, chunk.end) + chunk.text)).not.toThrow();
          }
          const kinds = new Set(chunk.spans!.map((s) => s.kind));
          const structured = ["table", "list", "code", "formula"].some((kind) => kinds.has(kind as never));
          const single = [...graphemes.segment(chunk.text)].length === 1;
          const header = chunk.spans![0]!.kind === "table" && chunk.text.startsWith("| a |");
          if (!single && !header)
            expect(chunk.tokens).toBeLessThanOrEqual(structured ? maxWholeTokens : maxTokens);
        }
        // No grapheme is torn: the parts of a block have together as many as the block.
        for (const b of wanted.filter((w) => w.kind === "paragraph")) {
          const own = parts.filter((p) => p.blockId === b.id).map((p) => p.text);
          const count = (s: string) =>
            [...graphemes.segment(s)].filter((g) => g.segment.trim() !== "").length;
          expect(own.reduce((n, t) => n + count(t), 0)).toBe(count(b.text));
        }
      }),
      { numRuns: 100 },
    );
  });
});
