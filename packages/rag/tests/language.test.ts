import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  analyze,
  detectLanguage,
  extractTerms,
  isFunctionWord,
  isQuestionWord,
  normalize,
  normalizeWithOffsets,
  splitSentences,
} from "../src/index.ts";

/** Pieces that break splitters and tokenisers, mixed with any Unicode. */
const piece = fc.oneof(
  fc.constantFrom(
    ..."。！？；….!?;，,“”‘’「」（）()[]{}`\"'\n\r \u3000",
    "\r\n",
    "```\n",
    "\u0301",
    "\ufe0f",
    "\u200d",
    "👨‍👩‍👧",
    "🇨🇳",
    "𠮷",
    "\ud800",
    "\udc00",
    "한글",
    "ﷺ",
    "3.14",
    "e.g. ",
    "et al. ",
    "模型",
    "Word",
    "c++",
    "語",
  ),
  fc.string({ unit: "grapheme", maxLength: 4 }),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

describe("normalize", () => {
  it("folds width, case and traditional forms", () => {
    expect(normalize("ＧＰＴ－４ 與語言模型①ﬁ")).toBe("gpt-4 与语言模型1fi");
  });

  it("gives the same as normalising the whole, for text without simplification", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."aÉé\u0301ｶ\uff9e①한ㄱ１ﬁ 。"), maxLength: 20 }),
        (source) => {
          expect(normalize(source)).toBe([...source.normalize("NFKC")].join("").toLowerCase());
        },
      ),
    );
  });

  it("points back to where each part came from", () => {
    const source = "价格：①é\u0301ﬁ語";
    const normalized = normalizeWithOffsets(source);
    const from = normalized.text.indexOf("fi");
    expect(source.slice(normalized.start(from), normalized.end(from + 1))).toBe("ﬁ");
    expect(source.slice(normalized.start(normalized.text.indexOf("语")))).toBe("語");
  });

  it("has offsets that never go back and cover the source, for any text", () => {
    fc.assert(
      fc.property(text, (source) => {
        const normalized = normalizeWithOffsets(source);
        let last = 0;
        for (let index = 0; index < normalized.text.length; index++) {
          expect(normalized.start(index)).toBeGreaterThanOrEqual(last);
          expect(normalized.end(index)).toBeGreaterThan(normalized.start(index));
          last = normalized.start(index);
        }
        expect(last).toBeLessThanOrEqual(source.length);
      }),
    );
  });
});

describe("analyze", () => {
  it.each([
    ["用GPT-4訓練", { char: ["用", "训", "练"], bigram: ["训练"], word: ["gpt", "4", "gpt4"] }],
    ["深度 学习，好", { char: ["深", "度", "学", "习", "好"], bigram: ["深度", "度学", "学习"], word: [] }],
    ["C++, C# and .NET", { char: [], bigram: [], word: ["c++", "c#", "and", "net"] }],
    ["π≈3.14, 1,000 tokens", { char: [], bigram: [], word: ["π", "3.14", "1000", "token"] }],
    ["arXiv:1706.03762v5", { char: [], bigram: [], word: ["arxiv", "1706.03762", "v5", "1706.03762v5"] }],
    ["the model's fine-tuning", { char: [], bigram: [], word: ["the", "model", "fine", "tune", "finetun"] }],
    ["U.S.A. café", { char: [], bigram: [], word: ["usa", "cafe"] }],
    [
      "テスト 𠮷野家",
      { char: [..."テスト𠮷野家"], bigram: ["テス", "スト", "ト𠮷", "𠮷野", "野家"], word: [] },
    ],
  ])("reads %s", (source, expected) => {
    expect(analyze(source)).toEqual(expected);
  });

  it("reads different spellings of a name alike", () => {
    const parts = (source: string): string[] => [...analyze(source).word].sort();
    expect(parts("GPT-4")).toEqual(parts("gpt4"));
    expect(parts("Llama3.1")).toEqual(parts("llama-3.1"));
    expect(parts("Pre-training")).toContain("pretrain");
    expect(parts("pretraining")).toEqual(["pretrain"]);
  });

  it("says where each term stands", () => {
    const source = "𠮷用 ＧＰＴ－４ 訓練";
    const places = extractTerms(source).map(({ term, start, end }) => [term, source.slice(start, end)]);
    expect(places).toContainEqual(["𠮷", "𠮷"]);
    expect(places).toContainEqual(["gpt4", "ＧＰＴ－４"]);
    expect(places).toContainEqual(["训练", "訓練"]);
  });

  it("never cuts a surrogate pair and stays within the text, for any text", () => {
    fc.assert(
      fc.property(text, (source) => {
        for (const { term, start, end } of extractTerms(source)) {
          expect(term).not.toMatch(/\p{Surrogate}/u);
          expect(term).not.toBe("");
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(source.length);
          expect(cutsPair(source, start) || cutsPair(source, end)).toBe(false);
        }
      }),
    );
  });

  it("takes time in proportion to the text", () => {
    for (const unit of ["(", "“", "`", "a.", "a-", "1,000", "\u0301", "「（", "["]) {
      const long = unit.repeat(40_000);
      const start = performance.now();
      analyze(long);
      splitSentences(long);
      expect(performance.now() - start).toBeLessThan(3000);
    }
  });
});

describe("splitSentences", () => {
  it.each<[string, string[]]>([
    ["今天很好。明天呢？再说！", ["今天很好。", "明天呢？", "再说！"]],
    ["第一；第二……第三", ["第一；", "第二……", "第三"]],
    ["真的吗？！好。", ["真的吗？！", "好。"]],
    ["π 约为 3.14。e 约为 2.718。", ["π 约为 3.14。", "e 约为 2.718。"]],
    ["他说：“好。走！”然后走了。", ["他说：“好。走！”然后走了。"]],
    ["她答：“不去。”他走了。", ["她答：“不去。”", "他走了。"]],
    ["《为什么？》是一本书。", ["《为什么？》是一本书。"]],
    ["结果很好（见图 2。），所以继续。", ["结果很好（见图 2。），所以继续。"]],
    ["用 `a.b; c.d` 调用。完。", ["用 `a.b; c.d` 调用。", "完。"]],
    ["It works, e.g. here. Then it stops.", ["It works, e.g. here.", "Then it stops."]],
    ["Vaswani et al. 2017 wrote it. See Fig. 3.", ["Vaswani et al. 2017 wrote it.", "See Fig. 3."]],
    ["Dr. J. Smith left the U.S. Army. He rests.", ["Dr. J. Smith left the U.S. Army.", "He rests."]],
    ["It ended.[12] A new one began.", ["It ended.[12]", "A new one began."]],
    ["See example.com/a.b?c. Version 3.5 is out.", ["See example.com/a.b?c.", "Version 3.5 is out."]],
    ["1. 第一步\n2. 第二步", ["1. 第一步", "2. 第二步"]],
    ["标题\n\n正文", ["标题", "正文"]],
    ["孤立的“引号。不管它。", ["孤立的“引号。", "不管它。"]],
    ["好的!️下一句。", ["好的!️", "下一句。"]],
    ["```\na. b。c\n```\n后文。", ["```\na. b。c\n```", "后文。"]],
    ["", []],
    [" \n ", []],
  ])("splits %j", (source, expected) => {
    expect(splitSentences(source).map((sentence) => sentence.text)).toEqual(expected);
  });

  it("leaves out nothing but white space and cuts no grapheme, for any text", () => {
    const graphemes = new Intl.Segmenter("zh", { granularity: "grapheme" });
    fc.assert(
      fc.property(text, (source) => {
        const boundaries = new Set([...graphemes.segment(source)].map(({ index }) => index)).add(
          source.length,
        );
        let last = 0;
        for (const sentence of splitSentences(source)) {
          expect(source.slice(last, sentence.start).trim()).toBe("");
          expect(sentence.text).toBe(source.slice(sentence.start, sentence.end));
          expect(sentence.text).not.toBe("");
          expect(boundaries.has(sentence.start)).toBe(true);
          expect(boundaries.has(sentence.end)).toBe(true);
          last = sentence.end;
        }
        expect(source.slice(last).trim()).toBe("");
      }),
      { numRuns: 500 },
    );
  });
});

describe("question words and languages", () => {
  it("knows what only asks", () => {
    expect(isQuestionWord("bigram", "多少")).toBe(true);
    expect(isQuestionWord("char", "谁")).toBe(true);
    expect(isQuestionWord("word", "why")).toBe(true);
    expect(isQuestionWord("bigram", "模型")).toBe(false);
    expect(isFunctionWord("word", "the")).toBe(true);
    expect(isFunctionWord("word", "model")).toBe(false);
  });

  it.each([
    ["什么是 LoRA?", "zh"],
    ["LoRA 的 rank 怎么选", "zh"],
    ["Attention Is All You Need 讲了什么", "zh"],
    ["What does 你好 mean in this context", "en"],
    ["What is attention?", "en"],
    ["", "en"],
    ["3.14", "en"],
  ])("takes %j for %s", (source, language) => {
    expect(detectLanguage(source)).toBe(language);
  });
});

function cutsPair(source: string, index: number): boolean {
  const before = source.charCodeAt(index - 1);
  const after = source.charCodeAt(index);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
