import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Filter,
  type FilterCondition,
  MemoryIndex,
  matches,
  type PostgresIndex,
  type PostgresIndexOptions,
  type QueryTranslator,
  type SearchResult,
} from "../src/index.ts";
import { testDocument } from "./chunk-index.contract.ts";

/** Opens an index in a schema; without one, in a new, empty one. */
export type OpenPostgresIndex = (options?: PostgresIndexOptions) => Promise<PostgresIndex>;

/** What a `PostgresIndex` must do beyond the contract, on whatever database. */
export function describePostgresIndex(name: string, open: OpenPostgresIndex, newSchema: () => string): void {
  describe(`${name}, beside MemoryIndex`, () => {
    const sentence = fc
      .array(
        fc.constantFrom(
          ..."注意力让关要部分度新参练",
          "梯度",
          "下降",
          "模型",
          "GPT-4 ",
          "gradient ",
          "descent ",
          "tokens ",
          "2024 ",
          ",",
          "。",
        ),
        {
          minLength: 1,
          maxLength: 60,
        },
      )
      .map((parts) => parts.join(""));
    const step = fc.record({
      id: fc.constantFrom("a", "b", "c", "d", "e"),
      texts: fc.option(fc.array(sentence, { maxLength: 4 }), { freq: 4 }),
      part: fc.nat(3),
    });

    it.each([
      ["without a translator", undefined],
      ["with one", swapTranslator],
    ] as const)(
      "gives the same hits, scores, coverage and terms after any changes, %s",
      async (_, translator) => {
        const index = await open(translator === undefined ? {} : { translator });
        await fc.assert(
          fc.asyncProperty(
            fc.array(step, { minLength: 1, maxLength: 8 }),
            fc.array(
              fc.oneof(
                sentence,
                fc.constantFrom("gradiant 是什么", "how many tokenz", "gradient descent", "模型关注什么?"),
              ),
              { minLength: 2, maxLength: 5 },
            ),
            fc.option(fc.nat(3), { nil: undefined }),
            async (steps, questions, part) => {
              const memory = new MemoryIndex(translator === undefined ? {} : { translator });
              // What earlier runs left behind must not show.
              await index.apply({ remove: [...(await index.documents()).keys()] });
              for (const { id, texts, part } of steps) {
                const change =
                  texts === null
                    ? { remove: [id] }
                    : { put: [testDocument(id, texts, { metadata: { part } })] };
                await memory.apply(change);
                await index.apply(change);
              }
              for (const text of questions) {
                const request = { text, limit: 100, ...(part === undefined ? {} : { filter: { part } }) };
                expectAlike(await index.search(request), await memory.search(request));
                const written = { ...request, asWritten: true };
                expectAlike(await index.search(written), await memory.search(written));
              }
              expect(await index.documents()).toEqual(await memory.documents());
              const { documents, chunks } = await memory.stats();
              expect(await index.stats()).toMatchObject({ documents, chunks });
            },
          ),
          { numRuns: 20 },
        );
        await index.close();
      },
    );

    it("keeps its statistics free of what was removed", async () => {
      const index = await open();
      await index.apply({
        put: [testDocument("a", ["注意力机制 attention"]), testDocument("b", ["梯度下降"])],
      });
      await index.apply({ remove: ["a"] });
      await index.optimize();
      const memory = new MemoryIndex();
      await memory.apply({ put: [testDocument("b", ["梯度下降"])] });
      for (const text of ["注意力 梯度", "attention"]) {
        expectAlike(await index.search({ text, limit: 5 }), await memory.search({ text, limit: 5 }));
      }
      await index.close();
    });
  });

  describe(`${name}, filters`, () => {
    it("keep just the chunks that `matches` keeps", async () => {
      const odd = fc.constantFrom(
        "x",
        "",
        "'; DROP TABLE chunks; --",
        '"',
        "\\",
        "\0",
        "\ud800",
        "\\u0000",
        "$1",
        "{}",
        "é",
        "part",
        "__proto__",
        "documentId",
      );
      const number = fc.oneof(
        fc.constantFrom(0, -0, 1, 2, 1e308, 5e-324, 0.1),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      );
      const scalar = fc.oneof(odd, number, fc.boolean());
      const metadata = fc.dictionary(odd, fc.oneof(scalar, fc.array(odd, { maxLength: 3 })), { maxKeys: 4 });
      const bound = fc.oneof(number, fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY));
      const operators = fc
        .record(
          {
            eq: scalar,
            ne: scalar,
            in: fc.array(fc.oneof(scalar, bound), { maxLength: 3 }),
            gt: bound,
            gte: bound,
            lt: bound,
            lte: bound,
          },
          { requiredKeys: [] },
        )
        .filter((condition) => Object.keys(condition).length > 0);
      const condition = fc.oneof(scalar, operators) as fc.Arbitrary<FilterCondition>;
      const index = await open();
      await fc.assert(
        fc.asyncProperty(
          fc.array(metadata, { minLength: 1, maxLength: 6 }),
          fc.array(fc.dictionary(odd, condition, { maxKeys: 2 }), { minLength: 1, maxLength: 6 }),
          async (all, filters) => {
            const documents = all.map((metadata, number) =>
              testDocument(number === 0 ? "'; DROP TABLE x; --" : `d${number}`, ["共同"], {
                metadata: metadata as never,
              }),
            );
            const before = [...(await index.documents()).keys()];
            await index.apply({
              put: documents,
              remove: before.filter((id) => !documents.some(({ documentId }) => id === documentId)),
            });
            for (const filter of filters as Filter[]) {
              const { keyword } = await index.search({ text: "共同", filter, limit: 100 });
              const expected = documents.filter(({ documentId, chunks }) =>
                matches(filter, documentId, chunks[0]!.metadata),
              );
              expect(keyword.map(({ chunk }) => chunk.documentId).sort()).toEqual(
                expected.map(({ documentId }) => documentId).sort(),
              );
            }
          },
        ),
        { numRuns: 40 },
      );
      await index.close();
    });
  });

  describe(`${name}, opened`, () => {
    const library = [testDocument("a", ["注意力机制。"], { vectors: [[1, 2]] })];

    it("finds what an earlier one committed, thresholds included", async () => {
      const schema = newSchema();
      const first = await open({ schema });
      await first.apply({ put: library });
      await first.close();
      const second = await open({ schema, readOnly: true });
      expect((await second.search({ text: "注意力", limit: 3 })).keyword).toHaveLength(1);
      await expect(second.apply({ remove: ["a"] })).rejects.toMatchObject({
        code: "invalid-input",
        message: expect.stringContaining("readOnly"),
      });
      await second.close();
    });

    it("many times at once on an empty database, makes one index", async () => {
      const schema = newSchema();
      const opened = await Promise.all([1, 2, 3, 4].map(() => open({ schema })));
      await Promise.all(
        opened.map((index, number) => index.apply({ put: [testDocument(`d${number}`, ["共同的文档"])] })),
      );
      for (const index of opened) {
        expect(await index.stats()).toMatchObject({ documents: 4, chunks: 4, revision: 4 });
        await index.close();
      }
    });

    it("keeps two indexes in one schema apart by their prefixes", async () => {
      const schema = newSchema();
      const [one, two] = [await open({ schema, prefix: "one_" }), await open({ schema, prefix: "two_" })];
      await one.apply({ put: library });
      expect(await two.stats()).toMatchObject({ documents: 0 });
      await one.close();
      await two.close();
    });

    it("refuses another fingerprint, or empties the index when told to rebuild, and keeps fitted thresholds", async () => {
      const schema = newSchema();
      const first = await open({ schema, fingerprint: { embeddings: "one@2" } });
      await first.apply({ put: library });
      const { DEFAULT_THRESHOLDS } = await import("../src/index.ts");
      await first.setThresholds({ ...DEFAULT_THRESHOLDS, refuse: 0.123, similarity: 0.5 });
      const other = { schema, fingerprint: { embeddings: "two@3" } };
      await expect(open(other)).rejects.toMatchObject({
        code: "index-incompatible",
        message: expect.stringMatching(/one@2.*two@3/),
      });
      await (await open({ schema })).close();
      const rebuilt = await open({ ...other, onUnusable: "rebuild" });
      expect(await rebuilt.stats()).toMatchObject({ documents: 0, chunks: 0, dimensions: 0 });
      expect(await rebuilt.thresholds()).toEqual({ ...DEFAULT_THRESHOLDS, refuse: 0.123, similarity: null });
      await rebuilt.apply({ put: [testDocument("a", ["注意力"], { vectors: [[1, 2, 3]] })] });
      await expect(first.search({ text: "注意力", limit: 1 })).rejects.toMatchObject({
        code: "index-incompatible",
      });
      await expect(first.apply({ put: library })).rejects.toMatchObject({ code: "index-incompatible" });
      await first.close();
      await rebuilt.close();
    });

    it("read-only where nothing is, says so", async () => {
      await expect(open({ schema: newSchema(), readOnly: true })).rejects.toMatchObject({
        code: "index-missing",
      });
    });

    it.each(['a"b', "a.b", "", "x; DROP SCHEMA public", "9a", "长"])(
      "refuses %j as a schema or prefix",
      async (name) => {
        await expect(open({ schema: name })).rejects.toMatchObject({ code: "invalid-input" });
        await expect(open({ schema: newSchema(), prefix: name })).rejects.toMatchObject({
          code: "invalid-input",
        });
      },
    );

    it("refuses a chunk id that another document holds, and changes nothing", async () => {
      const index = await open();
      await index.apply({ put: library });
      const stolen = { ...library[0]!.chunks[0]!, documentId: "b" };
      await expect(
        index.apply({ put: [{ documentId: "b", hash: "h", chunks: [stolen] }] }),
      ).rejects.toMatchObject({
        code: "invalid-input",
        details: { chunkId: "a@0", documentIds: ["b", "a"] },
      });
      expect(await index.stats()).toMatchObject({ documents: 1, revision: 1 });
      await index.apply({ put: [{ documentId: "b", hash: "h", chunks: [stolen] }], remove: ["a"] });
      expect((await index.get(["a@0"]))[0]).toMatchObject({ documentId: "b" });
      await index.close();
    });
  });
}

/** The same hits with the same scores; where scores tie, in any order. */
export function expectAlike(actual: SearchResult, expected: SearchResult): void {
  for (const { score } of expected.keyword) expect(Number.isFinite(score)).toBe(true);
  expect(actual.keyword.map(({ score }) => score)).toEqual(
    expected.keyword.map(({ score }) => expect.closeTo(score, 7)),
  );
  expect(byScore(actual)).toEqual(byScore(expected));
  expect(actual.coverage).toBeCloseTo(expected.coverage, 9);
  expect(actual.translated).toBe(expected.translated);
  expect(actual.terms).toEqual(expected.terms);
}

function byScore({ keyword }: SearchResult): [string, string][] {
  return keyword
    .map(({ chunk, score }): [string, string] => [score.toFixed(6), chunk.id])
    .sort((one, other) => (one.join() < other.join() ? -1 : 1));
}

/**
 * Asks the corpus, pools members of one and of several terms, and has groups of another field than their terms'. What
 * it asks next depends on what it is told.
 */
const swapTranslator: QueryTranslator = {
  translate(_question, _from, to, corpus) {
    const term = (field: "char" | "bigram" | "word", text: string) => ({ field, term: text });
    const terms =
      to === "zh"
        ? [term("bigram", "梯度"), term("bigram", "下降"), term("bigram", "模型"), term("char", "度")]
        : [term("word", "gradient"), term("word", "descent"), term("word", "gpt"), term("word", "2024")];
    const known = terms.filter((each) => corpus.documentFrequency(each) > 0);
    const group = { term: "x", weight: 1, question: false, optional: false };
    return [
      {
        ...group,
        field: "word",
        members: [
          { terms: terms.slice(0, 2), weight: 1 },
          ...known.map((each) => ({ terms: [each], weight: 0.3 })),
        ],
      },
      { ...group, field: "char", members: [{ terms: [terms[2]!, terms[3]!], weight: 0.8 }] },
      { ...group, field: "bigram", support: true, members: [{ terms: [terms[1]!], weight: 0.5 }] },
      { ...group, field: "bigram", members: [{ terms: [terms[0]!], weight: 1 }] },
    ];
  },
};
