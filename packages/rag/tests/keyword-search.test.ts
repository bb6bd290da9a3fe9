import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seal } from "../src/index/keyword/sealed-bytes.ts";
import {
  buildKeywordSegment,
  KeywordSearcher,
  KeywordSegment,
  mergeKeywordSegments,
  type QueryTranslator,
  RagError,
  type SegmentView,
} from "../src/index.ts";

/** Few characters, so that terms repeat and collide; some outside the basic plane, some Latin, some to be folded. */
const character = fc.constantFrom(
  ..."的模型注意力训练語言语𠮷ab3 。，！\n“”(",
  "GPT-4",
  " running ",
  "ﬁ",
  "é",
  "😀",
);
const text = fc.array(character, { maxLength: 60 }).map((parts) => parts.join(""));
const texts = fc.array(text, { maxLength: 12 });

const all = { limit: 1000 } as const;

describe("KeywordSearcher", () => {
  const passages = [
    "梯度下降沿着负梯度方向更新参数。学习率决定步长。",
    "注意力机制让模型关注输入中重要的部分。注意力权重由查询和键算出。",
    "Transformers replaced recurrent networks. They process tokens in parallel.",
    "GPT-4 支持图像输入。",
    "C++ 与 C# 都是编程语言。圆周率约为 3.14。",
  ].map((passage) => ({ text: passage }));
  const searcher = new KeywordSearcher([{ segment: buildKeywordSegment(passages) }]);
  const best = (question: string): number | undefined =>
    searcher.search(question, { limit: 3 }).hits[0]?.entry;

  it.each([
    ["什么是注意力机制?", 1],
    ["梯度下降怎么更新參數", 0],
    ["transformer network", 2],
    ["gpt4", 3],
    ["GPT 4", 3],
    ["ＧＰＴ－４", 3],
    ["c++", 4],
    ["3.14", 4],
  ])("finds the passage for %s", (question, entry) => {
    expect(best(question)).toBe(entry);
  });

  it("tells c++ from c#", () => {
    const two = new KeywordSearcher([
      { segment: buildKeywordSegment([{ text: "用 C#" }, { text: "用 C++" }]) },
    ]);
    expect(two.search("c++", { limit: 5 }).hits.map(({ entry }) => entry)).toEqual([1]);
  });

  it.each([
    ["recurent netwroks", 2],
    ["tranformer", 2],
    ["prallel tokens", 2],
  ])("reads the misspelt %s as what the passages have", (question, entry) => {
    expect(best(question)).toBe(entry);
  });

  it("does not take a short or unlike word for another", () => {
    expect(searcher.search("tokyo parade ran", { limit: 3 }).hits).toEqual([]);
  });

  it("finds nothing in no passages, and nothing with a limit of zero", () => {
    expect(new KeywordSearcher([]).search("模型", { limit: 3 })).toMatchObject({ hits: [], coverage: 0 });
    expect(searcher.search("梯度", { limit: 0 }).hits).toEqual([]);
  });

  it("scores the next question right after accept threw", () => {
    const before = searcher.search("梯度", { limit: 3 });
    const fail = (): boolean => {
      throw new Error("filter failed");
    };
    expect(() => searcher.search("注意力", { limit: 3, accept: fail })).toThrow("filter failed");
    expect(searcher.search("梯度", { limit: 3 })).toEqual(before);
  });

  it("leaves a spelling that occurs nowhere out of the coverage", () => {
    const { terms } = searcher.search("GPT-4 与 Llama-3", { limit: 1 });
    expect(terms.map(({ term }) => term)).toContain("gpt4");
    expect(terms.map(({ term }) => term)).toContain("llama");
    expect(terms.map(({ term }) => term)).not.toContain("llama3");
  });

  it("prefers a passage whose sentence holds the whole question", () => {
    const filler =
      "这里还有很多别的话要说,说来说去都和问题没有关系,只是为了让段落足够长,有好几个句子可以比较。";
    const apart = `学习很重要。${filler}率先完成的人可以休息。${filler}过大的房间很冷。`;
    const together = `${filler}学习率过大会发散。${filler}`;
    const two = new KeywordSearcher([
      { segment: buildKeywordSegment([{ text: apart }, { text: together }]) },
    ]);
    const { hits } = two.search("学习率过大", { limit: 2 });
    expect(hits.map(({ entry }) => entry)).toEqual([1, 0]);
  });

  it("calls accept and obeys it", () => {
    const { hits } = searcher.search("注意力 梯度", { limit: 5, accept: (_, entry) => entry !== 1 });
    expect(hits.map(({ entry }) => entry)).toEqual([0]);
  });

  it("gives the same scores however many posting lists it can skip", () => {
    const sentences = [
      "模型训练数据",
      "梯度参数更新",
      "注意力的查询",
      "语言理解能力",
      "学习率与步长",
      "输入和输出",
    ];
    const many = Array.from({ length: 12_000 }, (_, index) => {
      const common = [index, index >> 2, index >> 4, index * 7].map((each) => sentences[each % 6]).join("和");
      const rare = index % 400 === 7 ? "混合精度".repeat(1 + (index % 3)) : "";
      return { text: common + rare + "的".repeat(index % 5) };
    });
    const segment = buildKeywordSegment(many);
    const question = "混合精度的模型训练数据和梯度参数更新";
    const full = new KeywordSearcher([{ segment }]).search(question, {
      limit: many.length,
      sentences: false,
    });
    const few = new KeywordSearcher([{ segment }]).search(question, { limit: 10, sentences: false });
    expect(few.hits.every(({ entry }) => entry % 400 === 7)).toBe(true);
    few.hits.forEach(({ score }, rank) => {
      expect(score).toBeCloseTo(full.hits[rank]!.score, 9);
    });
    expect(few.coverage).toBeCloseTo(full.coverage, 9);
  });

  it("finds the same with segments added, deleted from and merged at random as in a fresh build", () => {
    fc.assert(
      fc.property(
        fc.array(texts, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(60), { maxLength: 20 }),
        fc.boolean(),
        text,
        (batches, deletions, merge, question) => {
          const gone = new Set(deletions);
          let number = 0;
          const views = batches.map((batch) => {
            const deleted = new Set<number>();
            batch.forEach((_, entry) => {
              if (gone.has(number++)) deleted.add(entry);
            });
            return { segment: buildKeywordSegment(batch.map((each) => ({ text: each }))), deleted };
          });
          const live = batches.flat().filter((_, index) => !gone.has(index));
          const fresh = new KeywordSearcher([
            { segment: buildKeywordSegment(live.map((each) => ({ text: each }))) },
          ]);
          const searched: SegmentView[] = merge ? [{ segment: mergeKeywordSegments(views).segment }] : views;
          for (const sentences of [false, true]) {
            const expected = fresh.search(question, { ...all, sentences });
            const actual = new KeywordSearcher(searched).search(question, { ...all, sentences });
            expect(rounded(actual.hits.map(({ score }) => score))).toEqual(
              rounded(expected.hits.map(({ score }) => score)),
            );
            expect(actual.coverage).toBeCloseTo(expected.coverage, 9);
            expect(actual.terms).toEqual(expected.terms);
          }
        },
      ),
    );
  });

  it("pools the translations of a term and searches each language by its own statistics", () => {
    const mixed = [
      { text: "The cat sleeps on the sofa all day long." },
      { text: "猫咪在沙发上睡觉。" },
      { text: "小狗在院子里奔跑。" },
      { text: "A dog runs in the yard." },
    ];
    const translator: QueryTranslator = {
      translate: (_question, _from, _to, corpus) => [
        {
          field: "bigram",
          term: "cat",
          weight: 1,
          question: false,
          optional: false,
          members: [
            { terms: [{ field: "bigram", term: "猫咪" }], weight: 1 },
            { terms: [{ field: "char", term: "猫" }], weight: 0.35 },
            { terms: ["小狗", "狗在"].map((term) => ({ field: "bigram" as const, term })), weight: 0.05 },
            {
              terms: [{ field: "bigram", term: "没有" }],
              weight: corpus.documentFrequency({ field: "bigram", term: "没有" }),
            },
          ],
        },
      ],
    };
    const bilingual = new KeywordSearcher([{ segment: buildKeywordSegment(mixed) }], { translator });
    const { hits, translated } = bilingual.search("cat", { limit: 4 });
    expect(translated).toBe(false); // The English text says "cat" itself.
    expect(bilingual.search("kitten", { limit: 4 })).toMatchObject({
      translated: true,
      hits: [{ entry: 1 }, { entry: 2 }],
    });
    expect(bilingual.translates("cat") && !new KeywordSearcher([]).translates("cat")).toBe(true);
    expect(
      hits
        .slice(0, 2)
        .map(({ entry }) => entry)
        .sort(),
    ).toEqual([0, 1]);
    expect(hits.map(({ entry }) => entry)).toContain(2);
    expect(hits.map(({ entry }) => entry)).not.toContain(3);
  });
});

describe("KeywordSegment", () => {
  it("is the same after a round trip through bytes", () => {
    fc.assert(
      fc.property(texts, text, (batch, question) => {
        const segment = buildKeywordSegment(batch.map((each) => ({ text: each })));
        const bytes = segment.toBytes();
        const copy = KeywordSegment.fromBytes(bytes);
        expect(copy.toBytes()).toEqual(bytes);
        expect(new KeywordSearcher([{ segment: copy }]).search(question, all)).toEqual(
          new KeywordSearcher([{ segment }]).search(question, all),
        );
      }),
    );
  });

  it("is byte for byte the same whether it was built or merged", () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 4 }), fc.nat(40), (batches, gone) => {
        const views = batches.map((batch) => ({
          segment: buildKeywordSegment(batch.map((each) => ({ text: each }))),
          deleted: new Set([gone]),
        }));
        const left = batches.flatMap((batch) => batch.filter((_, entry) => entry !== gone));
        const { segment, origins } = mergeKeywordSegments(views);
        expect(segment.toBytes()).toEqual(
          buildKeywordSegment(left.map((each) => ({ text: each }))).toBytes(),
        );
        expect(origins.map(({ view, entry }) => batches[view]![entry])).toEqual(left);
      }),
    );
  });

  it("is refused with index-corrupt when any bit of it flipped or any of it is missing", () => {
    const bytes = buildKeywordSegment([
      { text: "注意力机制。GPT-4 很大。" },
      { text: "Attention is all you need." },
    ]).toBytes();
    const codes = new Set<string>();
    for (let place = 0; place < bytes.length; place++) {
      codes.add(codeOf(() => KeywordSegment.fromBytes(bytes.slice(0, place))));
      for (let bit = 0; bit < 8; bit++) {
        const changed = bytes.slice();
        changed[place]! ^= 1 << bit;
        codes.add(codeOf(() => KeywordSegment.fromBytes(changed)));
      }
    }
    expect([...codes]).toEqual(["index-corrupt"]);
    expect(codeOf(() => KeywordSegment.fromBytes(Uint8Array.from([...bytes, 0])))).toBe("index-corrupt");
    expect(codeOf(() => KeywordSegment.fromBytes(new Uint8Array(0)))).toBe("index-corrupt");
    expect(codeOf(() => KeywordSegment.fromBytes(bytes))).toBe("no error");
  });

  it("is refused with index-incompatible when another version wrote it", () => {
    const newer = seal({ magic: "ZXKS", version: 2 }, new Uint8Array(8));
    expect(codeOf(() => KeywordSegment.fromBytes(newer))).toBe("index-incompatible");
  });

  it("reports damage, and nothing worse, for bytes that nobody wrote", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(codeOf(() => KeywordSegment.fromBytes(bytes))).toBe("index-corrupt");
      }),
    );
  });

  it("knows the language of each entry", () => {
    const segment = buildKeywordSegment([
      { text: "用 PyTorch 训练模型" },
      { text: "Train with PyTorch" },
      { text: "" },
    ]);
    expect([0, 1, 2].map((entry) => segment.language(entry))).toEqual(["zh", "en", "en"]);
  });
});

function rounded(scores: readonly number[]): number[] {
  return scores.map((score) => Math.round(score * 1e6) / 1e6);
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return "no error";
  } catch (error) {
    if (error instanceof RagError) return error.code;
    throw error;
  }
}
