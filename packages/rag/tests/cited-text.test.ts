import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CitedText, citedSentences } from "../src/answer/cited-text.ts";

function shown(text: string, known = new Set([1, 2, 3])): string {
  const read = new CitedText({ known });
  return read.push(text) + read.end();
}

describe("markers of a generated answer", () => {
  it.each([
    ["甲是乙。[1][2]", "甲是乙。[1][2]"],
    ["甲是乙【1】。", "甲是乙[1]。"],
    ["甲是乙[^1]。", "甲是乙[1]。"],
    ["甲是乙[1, 2]。", "甲是乙[1][2]。"],
    ["甲是乙[1，3]。", "甲是乙[1][3]。"],
    ["甲是乙[1-3]。", "甲是乙[1][2][3]。"],
    ["甲是乙［１］。", "甲是乙[1]。"],
    ["甲是乙【1†source】。", "甲是乙[1]。"],
    ["甲是乙[来源 2]。", "甲是乙[2]。"],
    ["甲是乙[9]。", "甲是乙。"],
    ["甲是乙[1, 9]。", "甲是乙[1]。"],
  ])("%s is shown as %s", (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    "概率在 [0, 1] 之间。",
    "取 `row[9]` 一项。",
    "```python\nx = row[9]\n```\n",
    "$a_{[9]}$ 是下标。",
    "$$\nx[9]\n$$\n",
    "\\[ x[9] \\]\n",
    "见[说明](https://example.org/a)。",
    "见[9](https://example.org/a)。",
    "[2024] 年。",
    "没有合上的[1",
  ])("leaves %j alone", (text) => {
    expect(shown(text)).toBe(text);
  });

  it("belong to the sentence they stand in or right behind", () => {
    expect(
      citedSentences("甲为 3.14。[1] 乙见 e.g. 丙。[2][3]\n- 丁[1]\n- 戊").map(({ text, markers }) => [
        text,
        markers,
      ]),
    ).toEqual([
      ["甲为 3.14。", [1]],
      ["乙见 e.g. 丙。", [2, 3]],
      ["- 丁", [1]],
      ["- 戊", []],
    ]);
    expect(
      citedSentences("It costs 3.5 dollars [1]. It is new.[2] Really.").map(({ markers }) => markers),
    ).toEqual([[1], [2], []]);
  });

  it("headings, lead-ins, questions and words about the sources claim nothing", () => {
    const text = "# 标题很长\n优势如下：\n为什么这样做？\n资料没有说明它的作者。\nLoRA 冻结原有权重。";
    expect(citedSentences(text).map(({ isClaim }) => isClaim)).toEqual([false, false, false, false, true]);
  });

  it("come out the same however the text is cut, never half of one", () => {
    const piece = fc.constantFrom(
      "甲是乙",
      "。",
      "[1]",
      "【2】",
      "[1, 2]",
      " ",
      "\n",
      "`a[1]`",
      "3.14",
      "$x$",
      "[9]",
      "Yes. ",
      "[^3]",
      "（丙）",
      "[0, 1]",
      "```\nrow[1]\n```\n",
      "[",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
        (pieces, sizes) => {
          const text = pieces.join("");
          const read = new CitedText({ known: new Set([1, 2, 3]), ending: () => "∎" });
          const whole = new CitedText({ known: new Set([1, 2, 3]), ending: () => "∎" });
          let streamed = "";
          for (let at = 0; at < text.length; ) {
            const size = sizes.next().value ?? 1;
            streamed += read.push(text.slice(at, at + size));
            at += size;
          }
          streamed += read.end();
          expect(streamed).toBe(whole.push(text) + whole.end());
          expect(read.sentences).toEqual(whole.sentences);
        },
      ),
    );
  });
});
