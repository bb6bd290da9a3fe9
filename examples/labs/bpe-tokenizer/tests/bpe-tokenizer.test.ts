import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyMerges, learnMerges, ranks } from "../bpe.ts";
import { ByteTokenizer, bytesOf, pieces } from "../byte-tokenizer.ts";
import { english, wordCounts } from "../sample-text.ts";

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom("小猫", " a"),
);

describe("ByteTokenizer", () => {
  const onEnglish = ByteTokenizer.train(english, 350);
  const onChinese = ByteTokenizer.train("沙发，沙发上，地毯上，地毯，睡觉。".repeat(3), 300);

  it("gives back exactly the text it encoded", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const tokenizer of [onEnglish, onChinese])
          expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.toWellFormed());
      }),
    );
  });

  it("never uses more tokens than bytes", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(onChinese.encode(text).length).toBeLessThanOrEqual(bytesOf(text.toWellFormed()).length);
      }),
    );
  });

  it("needs three tokens for a Chinese character when it was trained on English only", () => {
    expect(onEnglish.encode("沙发")).toHaveLength(6);
    expect(onChinese.encode("沙发").length).toBeLessThan(6);
  });

  it("is plain bytes when the vocabulary has 256 entries", () => {
    expect(ByteTokenizer.train("猫猫猫", 256).encode("猫")).toEqual([0xe7, 0x8c, 0xab]);
  });

  it("refuses a vocabulary below 256 and an id it does not have", () => {
    expect(() => ByteTokenizer.train("猫", 10)).toThrow(/256/);
    expect(() => onEnglish.decode([999_999])).toThrow(/999999/);
  });
});

describe("pieces", () => {
  it("loses no character", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(pieces(text).join("")).toBe(text);
      }),
    );
  });
});

describe("learnMerges", () => {
  it("merges the most frequent pair first and stops when no pair occurs twice", () => {
    const words = new Map([...wordCounts.keys()].map((word) => [word, [...word]]));
    const merges = learnMerges(words, wordCounts, 100);
    expect(merges[0]).toEqual({ left: "i", right: "n", count: 9 });
    for (const { count } of merges) expect(count).toBeGreaterThanOrEqual(2);
    expect(applyMerges([..."singing"], ranks(merges))).toEqual(["singing"]);
  });

  it("never changes the text of a word", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: fc.constantFrom(..."abc") }), { minLength: 1 }),
        (list) => {
          const words = new Map(list.map((word) => [word, [...word]]));
          const merges = learnMerges(words, new Map(list.map((word) => [word, 2])), 5);
          for (const word of list) expect(applyMerges([...word], ranks(merges)).join("")).toBe(word);
        },
      ),
    );
  });
});
