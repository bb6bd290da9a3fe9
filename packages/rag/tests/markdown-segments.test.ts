import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutOuterSpace } from "../src/document/build-document.ts";
import { markdownSegments } from "../src/document/markdown-segments.ts";
import { blockText } from "../src/document/markdown-text.ts";
import { markdownNodes } from "../src/document/markdown-tree.ts";

const pieces =
  "# 一|## 二 {#b}||\n|大语言**模型**。|- 项|  - 子项|  ```|```|```|```ts|~~~~|$$|  $$|$$x$$|> 引|> ```|<!-- c|-->|<!-- c -->|<pre>|</pre>|<div>|</div>|    code|1. ```\n   x|[r]|---|text\n===|<!DOCTYPE x|# 一\n|   # 三|<?x|?>|``` a`b|\t# t|* * *";

describe("cutting a long Markdown text into pieces", () => {
  it("gives the same blocks as parsing it whole", () => {
    const text = fc
      .array(
        fc.constantFrom(
          ...pieces.split("|"),
          "\n## 三",
          "\n# 四\n",
          "\n### 五",
          "\n\n\n# 六",
          "| a |\n|---|\n| 1 |",
        ),
        { minLength: 4, maxLength: 40 },
      )
      // Not "---" first: front matter that never closes makes the tokenizer misread a later list.
      .map((lines) => `首段\n\n${lines.map((line) => `${line}\n`).join("")}`);
    let cut = 0;
    fc.assert(
      fc.property(text, (content) => {
        const read = (length: number) =>
          [...markdownNodes(content, length)].map(({ node, start, end }) => ({
            type: node.type,
            text: blockText(node).trimEnd(),
            ...withoutOuterSpace(content, start, end),
          }));
        const whole = read(Number.POSITIVE_INFINITY);
        const parts = read(5);
        expect(parts).toEqual(whole);
        if (markdownSegments(content, 5).length > 1) cut++;
      }),
      { numRuns: 300 },
    );
    expect(cut).toBeGreaterThan(20);
  });
});
