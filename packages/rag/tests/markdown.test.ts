import { describe, expect, it } from "vitest";
import { RagError } from "../src/errors.ts";
import { parseMarkdown } from "../src/index.ts";

const texts = (content: string) => parseMarkdown({ id: "d", content }).blocks.map((b) => [b.kind, b.text]);

describe("parseMarkdown", () => {
  it("reads inline marks away and keeps code and formulas verbatim", () => {
    expect(
      texts("**注意力**用 `softmax(x_i)` 和 $a_1 * b_2$,见[论文](https://x.org)[^1]。\n\n[^1]: 出处。"),
    ).toEqual([
      ["paragraph", "注意力用 softmax(x_i) 和 $a_1 * b_2$,见论文。"],
      ["paragraph", "出处。"],
    ]);
  });

  it("closes emphasis next to Chinese punctuation", () => {
    expect(texts("这是**“涌现”**的定义,**注意力(attention)**是核心。")).toEqual([
      ["paragraph", "这是“涌现”的定义,注意力(attention)是核心。"],
    ]);
  });

  it("folds soft breaks: no space inside Chinese, one inside English", () => {
    expect(texts("第一行\n第二行,\n第三行\nand more\nwords  \n硬换行")).toEqual([
      ["paragraph", "第一行第二行,第三行 and more words\n硬换行"],
    ]);
  });

  it("keeps nesting, numbers and task marks of a list", () => {
    expect(texts("- a\n\n  3. b\n\n     para\n  4. c\n- [x] d")).toEqual([
      ["list", "- a\n  3. b\n     para\n  4. c\n- [x] d"],
    ]);
  });

  it("writes a table as pipe rows that keep header, cells and escaped pipes", () => {
    expect(texts("h1 | h2\n---|:-:\na\\|b | `x`\nonly")).toEqual([
      ["table", "| h1 | h2 |\n| --- | --- |\n| a\\|b | x |\n| only |  |"],
    ]);
  });

  it("tells formulas, figures, quotes, code and raw HTML apart", () => {
    const content =
      '$$\nx^2\n$$\n\n$$y$$\n\n![图](a.svg "说明")\n\n> 引用\n> - 一\n\n```ts\nconst a = 1;\n```\n\n<p>A &lt; <b>B</b><script>x()</script></p>\n\n<!-- note -->';
    const document = parseMarkdown({ id: "d", content });
    expect(document.blocks.map((b) => [b.kind, b.text])).toEqual([
      ["formula", "$$\nx^2\n$$"],
      ["formula", "$$\ny\n$$"],
      ["figure", "图\n说明"],
      ["quote", "引用\n- 一"],
      ["code", "const a = 1;"],
      ["html", "A < B"],
    ]);
    expect(document.blocks[4]!.language).toBe("ts");
  });

  it("drops container lines and keeps their titles", () => {
    expect(texts("::: tip 提示\n内容\n:::\n\n::: details\n\n里面\n\n:::")).toEqual([
      ["paragraph", "提示\n内容"],
      ["paragraph", "里面"],
    ]);
  });

  it("takes the title from the argument, front matter, first h1 or id, in this order", () => {
    const content = "---\ntitle: 甲\n---\n# 乙\n\n正文";
    expect(parseMarkdown({ id: "x", content, title: "丙" }).title).toBe("丙");
    expect(parseMarkdown({ id: "x", content }).title).toBe("甲");
    expect(parseMarkdown({ id: "x", content: "# 乙\n\n正文" }).title).toBe("乙");
    expect(parseMarkdown({ id: "x", content: "正文" }).title).toBe("x");
  });

  it("gives heading paths without the title", () => {
    const { blocks } = parseMarkdown({
      id: "x",
      content:
        "---\ntitle: 涌现,大在哪?\n---\n# 1.3 涌现，大在哪？\n\na\n\n## B {#b}\n\nc\n\n#### D\n\ne\n\n### F\n\ng\n\n# H\n\ni",
    });
    expect(blocks.filter((b) => b.kind === "paragraph").map((b) => b.headingPath)).toEqual([
      [],
      ["B"],
      ["B", "D"],
      ["B", "F"],
      ["H"],
    ]);
  });

  it("turns scalars and lists of front matter into metadata, under the caller's own", () => {
    const { metadata } = parseMarkdown({
      id: "x",
      content:
        "---\ntitle: t\npart: 2\ndraft: true\ntags: [a, 1]\ndate: 2024-01-02\nquestions: [{ ask: q }]\n---\n正文",
      metadata: { part: 3 },
    });
    expect(metadata).toEqual({ part: 3, draft: true, tags: ["a", "1"], date: "2024-01-02" });
  });

  it("names file and line of broken front matter", () => {
    const attempt = () => parseMarkdown({ id: "notes/a.md", content: "---\ntitle: t\nlist: [a\n---\n正文" });
    expect(attempt).toThrow(RagError);
    expect(attempt).toThrow(/notes\/a\.md:\d/);
    expect(() => parseMarkdown({ id: "b.md", content: "---\n- a\n---\n" })).toThrow(/b\.md:2.*list/);
  });

  it("counts offsets in the whole file, behind a BOM, front matter, CRLF and astral characters", () => {
    const content = "\ufeff---\r\ntitle: t\r\n---\r\n\r\n😀𠮷\u0000\r\n\r\n\t- 甲\r\n- 乙\r\n";
    for (const block of parseMarkdown({ id: "x", content }).blocks) {
      expect(content.slice(block.start, block.end)).not.toMatch(/^\s|\s$/);
    }
    expect(content.slice(parseMarkdown({ id: "x", content }).blocks[0]!.start)).toMatch(/^😀𠮷/);
  });

  it("keeps ids over edits elsewhere and numbers repeats", () => {
    const before = parseMarkdown({ id: "x", content: "甲\n\n乙\n\n甲\n\nＡ１ b" });
    const after = parseMarkdown({ id: "x", content: "甲\n\n乙改了\n\n甲\n\nA1\nb" });
    expect(before.blocks.map((b) => b.id)).toEqual([
      expect.stringMatching(/^x#[0-9a-f]{8}$/),
      expect.stringMatching(/^x#[0-9a-f]{8}$/),
      `${before.blocks[0]!.id}-2`,
      expect.stringMatching(/^x#[0-9a-f]{8}$/),
    ]);
    expect(after.blocks.map((b) => b.id === before.blocks[after.blocks.indexOf(b)]!.id)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(after.hash).not.toBe(before.hash);
  });

  it("reads a line of countless marks, and marks nested beyond the stack, as text in good time", () => {
    const started = performance.now();
    for (const content of ["**a".repeat(200_000), "[a](".repeat(100_000), `${"> ".repeat(9_000)}深`]) {
      expect(texts(content)).toHaveLength(1);
    }
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
