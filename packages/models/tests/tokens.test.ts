import { existsSync, readFileSync } from "node:fs";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { Tiktoken } from "js-tiktoken/lite";
import o200kBase from "js-tiktoken/ranks/o200k_base";
import { describe, expect, it } from "vitest";
import { countTokens, truncateToTokens } from "../src/tokens.ts";

const encoding = new Tiktoken(o200kBase);
const exact = (text: string) => encoding.encode(text, [], []).length;
const evalFolder = new URL("../../../../shared/eval/", import.meta.url);

function passages(set: string): string[] {
  const lines = readFileSync(new URL(`${set}/corpus.jsonl`, evalFolder), "utf8")
    .trim()
    .split("\n");
  return lines.slice(0, 240).map((line) => (JSON.parse(line) as { text: string }).text);
}

describe.skipIf(!existsSync(evalFolder))(
  "against o200k_base, on real passages (skipped without evaluation data)",
  () => {
    it.each([
      ["simplified Chinese", "xquad-zh", 0.05, 0.08],
      ["traditional Chinese", "drcd-dev", 0.06, 0.08],
      ["English", "xquad-en", 0.05, 0.06],
    ])("%s stays within the stated error", (_, set, corpusError, medianError) => {
      const counts = passages(set).map((text) => ({ exact: exact(text), ours: countTokens(text) }));
      const sum = (key: "exact" | "ours") => counts.reduce((total, count) => total + count[key], 0);
      expect(Math.abs(sum("ours") / sum("exact") - 1)).toBeLessThan(corpusError);
      const errors = counts.map((count) => Math.abs(count.ours / count.exact - 1)).sort((a, b) => a - b);
      expect(errors[errors.length >> 1]).toBeLessThan(medianError);
    });
  },
);

describe("countTokens", () => {
  it.each([
    ["Python", "def add(a: int, b: int) -> int:\n    return a + b\n\n\nprint(add(1, 2))\n"],
    ["Markdown table", "| 模型 | 参数 |\n|---|---|\n| GPT-2 | 1.5B |\n| Llama 3 | 8B |\n"],
    ["formula", "$$\\mathrm{Attention}(Q,K,V)=\\mathrm{softmax}\\left(\\frac{QK^T}{\\sqrt{d_k}}\\right)V$$"],
    ["Korean", "안녕하세요 한국어는 재미있습니다. 오늘은 날씨가 좋습니다."],
    ["Japanese", "これは日本語の文章です。機械学習のモデルを訓練します。"],
    ["Russian", "Привет мир, как дела сегодня? Сегодня хорошая погода."],
    ["URL", "https://example.com/docs/guide/getting-started?lang=zh&page=2"],
  ])("is within 45 percent on short %s", (_, text) => {
    expect(Math.abs(countTokens(text) / exact(text) - 1)).toBeLessThan(0.45);
  });

  it("counts 1,000 Chinese characters as hundreds of tokens, not as 250", () => {
    const text = "大语言模型通过预测下一个词来学习语言的规律。".repeat(50).slice(0, 1000);
    expect(countTokens(text)).toBeGreaterThan(exact(text) * 0.9);
  });

  it("counts messages with their overhead, tool calls and images", () => {
    const calls = [{ name: "search", args: { query: "注意力" }, id: "1" }];
    const text = countTokens([new HumanMessage("你好")]);
    expect(text).toBe(countTokens("你好") + 4);
    expect(countTokens([new AIMessage({ content: "", tool_calls: calls })])).toBeGreaterThan(10);
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    expect(countTokens([{ content: [{ type: "text", text: "你好" }, image] }])).toBe(text + 800);
    expect(countTokens([])).toBe(0);
    expect(countTokens("")).toBe(0);
  });

  it("is linear: a very long text takes no noticeable time", () => {
    const began = performance.now();
    countTokens("注意力 attention。\n".repeat(100_000));
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it("grows with the text and survives any string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (a, b) => {
        const count = countTokens(a + b);
        expect(Number.isInteger(count)).toBe(true);
        expect(count).toBeGreaterThanOrEqual(0);
        expect(countTokens(`${a + b}。好的`)).toBeGreaterThanOrEqual(count);
      }),
    );
  });
});

describe("truncateToTokens", () => {
  it("returns a beginning within the limit that is not cut inside a grapheme", () => {
    const text = fc.string({
      unit: fc.constantFrom("模", "型", "a", " ", "\n", "1", "。", "👨‍👩‍👧", "👍🏽", "é", "𠮷"),
      maxLength: 80,
    });
    fc.assert(
      fc.property(text, fc.nat(30), fc.constantFrom("", "…"), (value, limit, ellipsis) => {
        const cut = truncateToTokens(value, limit, ellipsis);
        expect(countTokens(cut)).toBeLessThanOrEqual(limit);
        if (cut === value) return;
        const kept = ellipsis !== "" && cut.endsWith(ellipsis) ? cut.slice(0, -1) : cut;
        expect(value.startsWith(kept)).toBe(true);
        const boundaries = [...new Intl.Segmenter().segment(value)].map(({ index }) => index);
        expect(boundaries).toContain(kept.length);
      }),
    );
  });

  it("keeps nearly all that fits", () => {
    const text = "大语言模型通过预测下一个词来学习语言的规律。".repeat(20);
    expect(countTokens(truncateToTokens(text, 100))).toBeGreaterThanOrEqual(98);
    expect(truncateToTokens("短文", 100)).toBe("短文");
    expect(truncateToTokens("短文", 0)).toBe("");
    expect(() => truncateToTokens("x", -1)).toThrow(RangeError);
    expect(() => truncateToTokens("x", Number.NaN)).toThrow(RangeError);
  });
});
