import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLexicon, glosses, Lexicon, LexiconError, loadLexicon, stem, wordForm } from "../src/index.ts";

const small = compileLexicon([
  { headword: "語言", senses: ["language", "CL:門|门[men2]"] },
  { headword: "语言模型", senses: ["(computing) language model"] },
  { headword: "模型", senses: ["model; mold; matrix or pattern"] },
  { headword: "言", senses: ["speech; word"] },
  { headword: "猫熊", senses: ["variant of 熊猫[xiong2 mao1]"] },
  { headword: "快樂", senses: ["happy, joyful, glad"] },
]);

describe("a compiled lexicon", () => {
  const lexicon = Lexicon.fromBytes(small);

  it("translates in both directions, the usual sense first", () => {
    expect(lexicon.toChinese(stem("languages"))[0]).toEqual({ text: "语言", weight: 1 });
    expect(lexicon.toEnglish("模型")[0]?.text).toBe("model");
    expect(lexicon.toEnglish("模型").map(({ text }) => text)).toContain("mold");
  });

  it("knows phrases that are a whole gloss", () => {
    expect(lexicon.phraseToChinese([stem("language"), stem("model")])).toEqual(["语言模型"]);
    expect(lexicon.phraseToChinese([stem("model"), stem("language")])).toEqual([]);
  });

  it("folds traditional headwords and splits short comma lists", () => {
    expect(lexicon.toChinese(stem("joyful"))).toEqual([{ text: "快乐", weight: 1 }]);
  });

  it("leaves out entries that only point elsewhere", () => {
    expect(lexicon.hasHeadword("猫熊")).toBe(false);
    expect(glosses(["variant of 熊猫[xiong2 mao1]", "see 言[yan2]"])).toEqual([]);
  });

  it("finds the headwords in a text with their positions", () => {
    expect(lexicon.headwordsIn("大语言模型")).toEqual([
      { headword: "语言模型", start: 1 },
      { headword: "语言", start: 1 },
      { headword: "模型", start: 3 },
    ]);
  });

  it("takes a described name out of its description", () => {
    expect(glosses(["Warsaw, capital of Poland"]).map(({ forms }) => forms)).toEqual([["warsaw"]]);
    expect(glosses(["Martin Luther (1483-1546), key figure of the Reformation"])[0]?.forms).toEqual([
      "martin",
      "luther",
    ]);
  });

  it("tells words apart that share a stem, when it is given the word", () => {
    expect(stem("university")).toBe(stem("universal"));
    const both = Lexicon.fromBytes(
      compileLexicon([
        { headword: "普遍", senses: ["universal"] },
        { headword: "大学", senses: ["university"] },
      ]),
    );
    const best = (word: string) => both.toChinese(stem(word), wordForm(word))[0]?.text;
    expect([best("Universities"), best("university's"), best("universal")]).toEqual(["大学", "大学", "普遍"]);
    expect(both.toChinese(stem("university"))).toHaveLength(2);
  });

  it("learns from names how others are transliterated, and not from Chinese names in pinyin", () => {
    const pairs: [string, string, string][] = [
      ["马里", "Ma3 li3", "Mary"],
      ["里马", "Li3 ma3", "Ryma"],
      ["罗马", "Luo2 ma3", "Roma"],
      ["马罗", "Ma3 luo2", "Maro"],
      ["北京", "Bei3 jing1", "Beijing, capital of China"],
    ];
    const names = Lexicon.fromBytes(
      compileLexicon(pairs.map(([headword, pinyin, sense]) => ({ headword, pinyin, senses: [sense] }))),
    );
    expect(names.transliterate("roryma").map(({ text }) => text)).toEqual(
      expect.arrayContaining(["罗里", "里马"]),
    );
    expect(names.transliterate("beijing")).toEqual([]);
    expect(names.transliterate("")).toEqual([]);
    expect(Lexicon.fromBytes(small).transliterate("roma")).toEqual([]);
  });

  it("lists its entries", () => {
    expect([...lexicon.entries()].find(([headword]) => headword === "快乐")?.[1]).toContain(stem("joyful"));
  });

  it("says what is wrong with bytes that are no lexicon, however they are damaged", () => {
    expect(() => Lexicon.fromBytes(new Uint8Array(3))).toThrow(LexiconError);
    for (let length = 0; length < small.length; length += 37) {
      expect(() => Lexicon.fromBytes(small.slice(0, length))).toThrow(LexiconError);
    }
  });

  it("gives back every headword it was compiled from", () => {
    const han = fc.string({ unit: fc.constantFrom(..."语言模型注意力机制"), minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(han, { minLength: 1, maxLength: 30 }), (headwords) => {
        const compiled = Lexicon.fromBytes(
          compileLexicon(headwords.map((headword, index) => ({ headword, senses: [`meaning${index}`] }))),
        );
        for (const [index, headword] of headwords.entries()) {
          expect(compiled.toEnglish(headword)).toEqual([{ text: stem(`meaning${index}`), weight: 1 }]);
          expect(compiled.toChinese(stem(`meaning${index}`)).map(({ text }) => text)).toEqual([headword]);
        }
      }),
    );
  });
});

describe("the lexicon that ships", () => {
  it("loads in well under 200 ms and knows ordinary words both ways", async () => {
    const start = performance.now();
    const lexicon = await loadLexicon();
    expect(performance.now() - start).toBeLessThan(200);
    expect(lexicon.size.headwords).toBeGreaterThan(90_000);
    expect(lexicon.toChinese(stem("computer")).map(({ text }) => text)).toContain("电脑");
    expect(lexicon.toEnglish("检索").map(({ text }) => text)).toContain(stem("retrieve"));
    expect(lexicon.phraseToChinese([stem("artificial"), stem("intelligence")])).toContain("人工智能");
    expect(lexicon.toChinese(stem("university"), "university")[0]?.text).toBe("大学");
    expect(lexicon.transliterate("jacksonville")[0]?.text).toBe("杰克");
  });
});
