import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateRetrieval, ndcgAtK, readRetrievalDataset, recallAtK, reciprocalRank } from "../src/index.ts";

describe("ranking metrics", () => {
  const relevance = new Map([
    ["a", 2],
    ["b", 1],
    ["c", 0],
  ]);

  it("recall counts each relevant id once", () => {
    expect(recallAtK(["x", "a", "a", "b"], relevance, 3)).toBe(0.5);
    expect(recallAtK(["a", "b"], relevance, 2)).toBe(1);
    expect(recallAtK(["c"], relevance, 1)).toBe(0);
    expect(recallAtK(["a"], new Map(), 1)).toBe(0);
  });

  it("reciprocal rank looks no deeper than k", () => {
    expect(reciprocalRank(["x", "y", "b"], relevance, 10)).toBeCloseTo(1 / 3);
    expect(reciprocalRank(["x", "y", "b"], relevance, 2)).toBe(0);
  });

  it("nDCG is 1 for the best order and less for another", () => {
    expect(ndcgAtK(["a", "b", "c"], relevance, 10)).toBe(1);
    const swapped = (1 + 3 / Math.log2(3)) / (3 + 1 / Math.log2(3));
    expect(ndcgAtK(["b", "a"], relevance, 10)).toBeCloseTo(swapped);
    expect(ndcgAtK(["a", "a"], relevance, 10)).toBeLessThan(1);
    expect(ndcgAtK([], relevance, 10)).toBe(0);
  });
});

describe("a dataset on disk", () => {
  let folder: string;
  const files = {
    "corpus.jsonl": '{"id":"d1","title":"T","text":"一"}\n{"id":"d2","text":"二"}\n',
    "queries.jsonl": '{"id":"q1","text":"一?"}\n{"id":"q2","text":"二?"}\n{"id":"q3","text":"三?"}\n',
    "qrels.tsv": "q1\td1\t1\r\nq2\td2\t1\n",
  };
  const write = async (changed: Partial<typeof files> = {}): Promise<void> => {
    for (const [name, content] of Object.entries({ ...files, ...changed }))
      await writeFile(join(folder, name), content);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "zixue-eval-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is measured question by question, unjudged questions left out", async () => {
    await write();
    const dataset = await readRetrievalDataset(folder);
    expect(dataset.corpus[1]).toEqual({ id: "d2", title: "", text: "二" });
    const report = await evaluateRetrieval(dataset, () => ["d1", "d2"]);
    expect(report).toMatchObject({ queries: 2, unjudged: 1, recallAt1: 0.5, recallAt5: 1, mrrAt10: 0.75 });
    expect(report.halves.map(({ mrrAt10 }) => mrrAt10)).toEqual([1, 0.5]);
    expect(report.latencyP95).toBeGreaterThanOrEqual(report.latencyP50);
  });

  it("stops when it is cancelled", async () => {
    await write();
    const dataset = await readRetrievalDataset(folder);
    await expect(evaluateRetrieval(dataset, () => [], { signal: AbortSignal.abort() })).rejects.toMatchObject(
      {
        code: "aborted",
      },
    );
  });

  it.each([
    ["corpus.jsonl", '{"id":"d1"}\n', "line 1"],
    ["queries.jsonl", '{"id":"q1","text":"x"}\n{broken\n', "line 2"],
    ["qrels.tsv", "q1\n", "line 1"],
    ["qrels.tsv", "q1\tnowhere\t1\n", "nowhere"],
    ["corpus.jsonl", '{"id":"d1","text":"x"}\n{"id":"d1","text":"y"}\n', "more than once"],
  ])("is refused when %s is damaged", async (name, content, message) => {
    await write({ [name]: content });
    await expect(readRetrievalDataset(folder)).rejects.toMatchObject({
      code: "invalid-input",
      message: expect.stringContaining(message),
    });
  });

  it("is refused when a file or every judgement is missing", async () => {
    await expect(readRetrievalDataset(join(folder, "nothing"))).rejects.toMatchObject({
      message: expect.stringContaining("corpus.jsonl"),
    });
    await write({ "qrels.tsv": "" });
    await expect(evaluateRetrieval(await readRetrievalDataset(folder), () => [])).rejects.toMatchObject({
      code: "invalid-input",
    });
  });
});
