import { describe, expect, it } from "vitest";
import { parseHtml, parseText } from "../src/index.ts";

const plain = (content: string) =>
  parseText({ id: "a/notes.txt", content }).blocks.map((b) => [b.kind, b.text]);
const page = async (content: string) =>
  (await parseHtml({ id: "p.html", content })).blocks.map((b) => [b.kind, b.text]);

describe("parseText", () => {
  it("takes blank lines as paragraph ends and folds hand-wrapped lines", () => {
    expect(plain("A line that\nwas wrapped.\n\n  \nNext\r\nparagraph.")).toEqual([
      ["paragraph", "A line that was wrapped."],
      ["paragraph", "Next paragraph."],
    ]);
  });

  it("takes the lines of a Chinese text without blank lines as paragraphs, and joins wrapped ones", () => {
    expect(plain("　　第一段第一句。\n　　第二段,这一行\n还没有完。\n第三段。")).toEqual([
      ["paragraph", "第一段第一句。"],
      ["paragraph", "第二段,这一行还没有完。"],
      ["paragraph", "第三段。"],
    ]);
  });

  it("finds numbered headings and lists, but not in prose", () => {
    expect(
      plain(
        "第二章 数据\n第一章讲了历史。\n要点如下：\n1. 清洗\n2. 去重\n   再去重\n结束。\n\n2.1 来源\n\n一、背景\n\n甲。",
      ),
    ).toEqual([
      ["heading", "第二章 数据"],
      ["paragraph", "第一章讲了历史。"],
      ["paragraph", "要点如下："],
      ["list", "1. 清洗\n2. 去重\n   再去重"],
      ["paragraph", "结束。"],
      ["heading", "2.1 来源"],
      ["heading", "一、背景"],
      ["paragraph", "甲。"],
    ]);
  });

  it("takes a short first line as the title, else the file name", () => {
    expect(parseText({ id: "a/notes.txt", content: "会议记录\n\n今天。" }).title).toBe("会议记录");
    expect(parseText({ id: "a/notes.txt", content: "今天讨论了三件事。\n\n一。" }).title).toBe("notes");
  });
});

describe("parseHtml", () => {
  it("keeps the readable part in reading order and drops furniture", async () => {
    const content = `<!doctype html><title>涌现 - 站点</title><script>x</script><header><a>登录</a></header><nav><ul><li>首页</ul></nav>
      <main><h1>涌现</h1><p>第一段<br>第二行 <b>粗</b>&lt;a&gt;<p hidden>藏<div>散文字<p>段</p>尾</div>
      <ul><li>甲<ol start=3><li>乙<li>丙</ol><li>丁</ul>
      <table><thead><tr><th>名<th>值</thead><tr><td>a|b<td>2</table>
      <pre><code class="language-ts">
const a = 1;
  b();</code></pre><blockquote><p>引</p></blockquote><figure><img alt="图" src=x><figcaption>说明</figcaption></figure>
      <span class=katex><math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math><span aria-hidden=true>x2</span></span></main><footer>版权</footer>`;
    const document = await parseHtml({ id: "p.html", content });
    expect(document.title).toBe("涌现");
    expect(document.blocks.map((b) => [b.kind, b.text])).toEqual([
      ["heading", "涌现"],
      ["paragraph", "第一段\n第二行 粗<a>"],
      ["paragraph", "散文字"],
      ["paragraph", "段"],
      ["paragraph", "尾"],
      ["list", "- 甲\n  3. 乙\n  4. 丙\n- 丁"],
      ["table", "| 名 | 值 |\n| --- | --- |\n| a\\|b | 2 |"],
      ["code", "const a = 1;\n  b();"],
      ["quote", "引"],
      ["figure", "图\n说明"],
      ["paragraph", "$x^2$"],
    ]);
    expect(document.blocks[7]!.language).toBe("ts");
    const table = document.blocks[6]!;
    expect(content.slice(table.start, table.end)).toMatch(/^<table>[\s\S]*<\/table>$/);
  });

  it("falls back to the body, reads layout tables as containers, and definition lists", async () => {
    expect(await page("<main id=app></main><p>正文</p>")).toEqual([["paragraph", "正文"]]);
    expect(await page("<table><tr><td><h2>题</h2><p>文</p></td></tr></table>")).toEqual([
      ["heading", "题"],
      ["paragraph", "文"],
    ]);
    expect(await page("<dl><dt>KV<dd>缓存</dl>")).toEqual([["list", "- KV: 缓存"]]);
  });

  it("reads markup nested beyond the stack as text", async () => {
    expect(JSON.stringify(await page(`${"<div>".repeat(60_000)}正文`))).toContain("正文");
  });
});
