import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileLexicon, Lexicon, LexiconError, loadLexicon } from "@zixue/lexicon";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildKeywordSegment } from "../src/index/keyword/build-segment.ts";
import {
  type Chunk,
  evaluateRetrieval,
  type GlossaryTerm,
  KeywordSearcher,
  LexiconTranslator,
  lexiconTranslator,
  MemoryIndex,
  type QueryTranslator,
  readRetrievalDataset,
} from "../src/index.ts";

const small = Lexicon.fromBytes(
  compileLexicon([
    { headword: "大学", senses: ["university; college"] },
    { headword: "普遍", senses: ["universal; general"] },
    { headword: "写", senses: ["to write"] },
    { headword: "撰写", senses: ["to write; to compose"] },
    { headword: "颜色", senses: ["color"] },
    { headword: "神经网络", senses: ["neural network"] },
    { headword: "神经", senses: ["nerve"] },
    { headword: "检索", senses: ["to retrieve; to look up"] },
    { headword: "天气", senses: ["weather"] },
    { headword: "自然语言处理", senses: ["natural language processing"] },
    { headword: "语言", senses: ["language"] },
    { headword: "模型", senses: ["model"] },
  ]),
);

const glossary: GlossaryTerm[] = [
  {
    zh: "检索增强生成",
    en: "retrieval-augmented generation",
    aliases: ["RAG"],
    definition: "先检索再生成。",
  },
  { zh: "涌现能力", en: "emergent ability", aliases: [], definition: "规模够大才出现的能力。" },
];

function searcher(texts: readonly string[], translator: QueryTranslator): KeywordSearcher {
  return new KeywordSearcher([{ segment: buildKeywordSegment(texts.map((text) => ({ text }))) }], {
    translator,
  });
}

function found(
  texts: readonly string[],
  question: string,
  translator: QueryTranslator,
): (string | undefined)[] {
  return searcher(texts, translator)
    .search(question, { limit: texts.length })
    .hits.map(({ entry }) => texts[entry]);
}

describe("LexiconTranslator", () => {
  const translator = new LexiconTranslator({ lexicon: small });
  const chinese = [
    "她在大学里教书。",
    "这是普遍的看法。",
    "他撰写了两本书。",
    "花的颜色很淡。",
    "神经网络由许多单元组成。",
  ];

  it.each([
    ["Which universities?", "她在大学里教书。"],
    ["Is it universal?", "这是普遍的看法。"],
    ["Who wrote them?", "他撰写了两本书。"],
    ["The colours?", "花的颜色很淡。"],
    ["what is a neural network", "神经网络由许多单元组成。"],
    ["universitys of the world", "她在大学里教书。"],
  ])("finds Chinese text for %j", (question, text) => {
    expect(found(chinese, question, translator)[0]).toBe(text);
  });

  it("finds English text for a Chinese question, in traditional characters too", () => {
    const english = ["The weather is fine.", "Large language models write.", "He went to university."];
    expect(found(english, "语言模型是什么？", translator)).toEqual(["Large language models write."]);
    expect(found(english, "語言模型是什麼？", translator)).toEqual(["Large language models write."]);
    expect(found(english, "今天天气怎么样", translator)).toEqual(["The weather is fine."]);
  });

  it("finds a word of which only parts stand in the text, but does not count it as covered", () => {
    const texts = ["机器理解自然语言。", "花很淡。"];
    const { hits, coverage } = searcher(texts, translator).search("processing", { limit: 2 });
    expect(hits.map(({ entry }) => texts[entry])).toEqual(["机器理解自然语言。"]);
    expect(coverage).toBe(0);
  });

  it("keeps names and numbers that a Chinese text writes in Latin letters", () => {
    expect(found(["GPT-4 发布于 2023 年。", "他写了书。"], "When was GPT-4 released?", translator)[0]).toBe(
      "GPT-4 发布于 2023 年。",
    );
  });

  it("asks the glossary before the dictionary, in both directions", () => {
    const withGlossary = new LexiconTranslator({ lexicon: small, glossary });
    const texts = ["检索增强生成能减少幻觉。", "检索很快。", "RAG 是它的简称。"];
    expect(found(texts, "Why retrieval-augmented generation?", withGlossary).slice(0, 2).sort()).toEqual([
      "RAG 是它的简称。",
      "检索增强生成能减少幻觉。",
    ]);
    const english = ["An emergent ability appears with scale.", "The weather is fine."];
    expect(found(english, "什么是涌现能力", withGlossary)).toEqual([english[0]]);
    expect(found(english, "什么是涌现能力", translator)).toEqual([]);
  });

  it("transliterates a name that the dictionary lacks, from the names that it has", async () => {
    const real = await loadLexicon();
    expect(real.hasStem("huguenot")).toBe(false);
    const texts = ["胡格诺派信徒迁居弗吉尼亚。", "路德翻译了圣经。", "天气很好。"];
    const names = new LexiconTranslator({ lexicon: real });
    expect(found(texts, "Where did the Huguenots settle?", names)[0]).toBe(texts[0]);
  });

  it("never fails, whatever the question, and asks only for terms that the index can hold", () => {
    const texts = searcher([...chinese, "The weather is fine."], translator);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 60 }),
          fc.string({ unit: "grapheme", maxLength: 60 }),
        ),
        (question) => {
          for (const { score } of texts.search(question, { limit: 5 }).hits) expect(score).toBeGreaterThan(0);
        },
      ),
    );
    for (const [from, to] of [
      ["en", "zh"],
      ["zh", "en"],
    ] as const) {
      fc.assert(
        fc.property(fc.string({ maxLength: 60 }), (question) => {
          for (const { members, weight } of translator.translate(question, from, to, {
            documentFrequency: () => 1,
          })) {
            expect(weight).toBeGreaterThan(0);
            for (const member of members) {
              expect(member.terms.length).toBeGreaterThan(0);
              expect(member.weight).toBeGreaterThan(0);
              expect(member.weight).toBeLessThanOrEqual(1);
              for (const { field, term } of member.terms)
                expect(
                  Array.from(term).length > 0 && (field !== "bigram" || Array.from(term).length === 2),
                ).toBe(true);
            }
          }
        }),
      );
    }
  });
});

describe("an index with a translator", () => {
  it("loads the lexicon only when a question has to be translated, once for all who wait", async () => {
    let loads = 0;
    const translator = new LexiconTranslator({
      lexicon: async () => {
        loads++;
        return small;
      },
    });
    const index = new MemoryIndex({ translator });
    await index.apply({ put: [document("weather", "天气很好。")] });
    expect((await index.search({ text: "天气", limit: 1 })).translated).toBe(false);
    expect(loads).toBe(0);
    const results = await Promise.all(
      ["weather", "the weather"].map((text) => index.search({ text, limit: 1 })),
    );
    for (const { keyword, translated, coverage } of results) {
      expect(keyword[0]?.chunk.documentId).toBe("weather");
      expect(translated).toBe(true);
      expect(coverage).toBeGreaterThan(0.3);
    }
    expect(loads).toBe(1);
  });

  it("leaves words as they are written where that is asked for, and loads no lexicon for it", async () => {
    let loads = 0;
    const lexicon = async () => {
      loads++;
      return small;
    };
    const index = new MemoryIndex({ translator: new LexiconTranslator({ lexicon }) });
    await index.apply({
      put: [document("zh", "天气很好。"), document("en", "Fine weather, said the sailor.")],
    });
    const written = await index.search({ text: "weather", limit: 2, asWritten: true });
    expect(written.keyword.map(({ chunk }) => chunk.documentId)).toEqual(["en"]);
    expect(written.translated).toBe(false);
    expect(loads).toBe(0);
    expect((await index.search({ text: "weather", limit: 2 })).keyword).toHaveLength(2);
  });

  it("answers questions in its own language while there is no lexicon, and tries again after a failure", async () => {
    let fails = true;
    const translator = new LexiconTranslator({
      lexicon: async () => {
        if (fails) throw new LexiconError("lexicon-missing", "not there");
        return small;
      },
    });
    const index = new MemoryIndex({ translator });
    await index.apply({ put: [document("weather", "天气很好。")] });
    await expect(index.search({ text: "weather", limit: 1 })).rejects.toThrow("not there");
    expect((await index.search({ text: "天气", limit: 1 })).keyword).toHaveLength(1);
    fails = false;
    expect((await index.search({ text: "weather", limit: 1 })).keyword).toHaveLength(1);
  });

  it("translates by the glossary alone where no lexicon is installed", async () => {
    const index = new MemoryIndex({
      translator: new LexiconTranslator({ lexicon: async () => undefined, glossary }),
    });
    await index.apply({
      put: [document("emergence", "涌现能力在规模够大时出现。"), document("other", "天气很好。")],
    });
    const { keyword } = await index.search({ text: "What is an emergent ability?", limit: 2 });
    expect(keyword.map(({ chunk }) => chunk.documentId)).toEqual(["emergence"]);
  });

  it("stops waiting for the lexicon when the search is cancelled", async () => {
    const translator = new LexiconTranslator({ lexicon: () => new Promise<Lexicon>(() => undefined) });
    const index = new MemoryIndex({ translator });
    await index.apply({ put: [document("weather", "天气很好。")] });
    const controller = new AbortController();
    const search = index.search({ text: "weather", limit: 1, signal: controller.signal });
    controller.abort();
    await expect(search).rejects.toMatchObject({ code: "aborted" });
  });

  it("does not let a few pages of another language stand before the answer", async () => {
    const index = new MemoryIndex({ translator: new LexiconTranslator({ lexicon: small }) });
    await index.apply({
      put: [
        document("zh", "大学里的语言模型课程讲神经网络。"),
        document("zh2", "今天的天气很好。"),
        document("en", "A college of arts. See the general terms."),
      ],
    });
    const chinese = await index.search({ text: "大学的语言模型课程", limit: 3 });
    expect(chinese.keyword[0]?.chunk.documentId).toBe("zh");
    expect(chinese.translated).toBe(false);
    const english = await index.search({ text: "university course on language model", limit: 3 });
    expect(english.keyword[0]?.chunk.documentId).toBe("zh");
    expect(english.translated).toBe(true);
  });
});

const data = fileURLToPath(new URL("../../../../shared/eval/", import.meta.url));

describe.skipIf(!existsSync(data))("on XQuAD (skipped where ../shared/eval is absent)", () => {
  it.each([
    ["xquad-en2zh", 0.86],
    ["xquad-zh2en", 0.84],
  ])("%s: the right passage is near the top", async (name, least) => {
    const dataset = await readRetrievalDataset(`${data}${name}`);
    const index = new MemoryIndex({ translator: lexiconTranslator() });
    await index.apply({ put: dataset.corpus.map(({ id, title, text }) => document(id, text, title)) });
    const { mrrAt10 } = await evaluateRetrieval(
      { ...dataset, queries: dataset.queries.slice(0, 500) },
      async (text, limit) =>
        (await index.search({ text, limit })).keyword.map(({ chunk }) => chunk.documentId),
    );
    expect(mrrAt10).toBeGreaterThan(least);
  });
});

function document(documentId: string, text: string, title = "") {
  const chunk: Chunk = {
    id: `${documentId}@0`,
    documentId,
    title: title.replaceAll("_", " "),
    headingPath: [],
    blockIds: [],
    text,
    start: 0,
    end: text.length,
    ordinal: 0,
    tokens: 0,
    metadata: {},
  };
  return { documentId, hash: text, chunks: [chunk] };
}
