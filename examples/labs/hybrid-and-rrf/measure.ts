import { type Chunk, evaluateRetrieval, type RetrievalDataset, type RetrievalReport } from "@zixue/rag";
import { chooseByMmr, jaccardOf, meanLikeness } from "./diversity.ts";
import { fuseByRank, fuseByScore, type Scored } from "./fusion.ts";
import { openBothSides, type TwoSides } from "./search.ts";

/** What each side may bring to the fusion. */
const depth = 50;

export type Way = (question: string) => Promise<readonly Scored[]> | readonly Scored[];

export function waysOf(sides: TwoSides): Readonly<Record<"keyword" | "vector" | "rrf", Way>> {
  return {
    keyword: (question) => sides.keyword(question, depth),
    vector: (question) => sides.vector(question, depth),
    rrf: async (question) =>
      fuseByRank([await sides.keyword(question, depth), sides.vector(question, depth)]),
  };
}

/** Weighted fusion with so much weight on the keyword side. */
export function weighted(sides: TwoSides, keywordWeight: number): Way {
  return async (question) =>
    fuseByScore([
      { hits: await sides.keyword(question, depth), weight: keywordWeight },
      { hits: sides.vector(question, depth), weight: 1 - keywordWeight },
    ]);
}

export function evaluate(dataset: RetrievalDataset, way: Way): Promise<RetrievalReport> {
  return evaluateRetrieval(dataset, async (question, limit) =>
    (await way(question)).slice(0, limit).map(({ id }) => id),
  );
}

/** The keyword weight that is best on the first half of the questions; the second half has not seen it. */
export async function tuneWeight(dataset: RetrievalDataset, sides: TwoSides, weights: readonly number[]) {
  let best: { weight: number; report: RetrievalReport } | undefined;
  for (const weight of weights) {
    const report = await evaluate(dataset, weighted(sides, weight));
    if (!best || report.halves[0].ndcgAt10 > best.report.halves[0].ndcgAt10) best = { weight, report };
  }
  return best!;
}

/** Questions with a relevant chunk among the first five of one side and not of the other. */
export async function complement(dataset: RetrievalDataset, sides: TwoSides) {
  const counts = { both: 0, keywordOnly: 0, vectorOnly: 0, neither: 0 };
  for (const { id, text } of dataset.queries) {
    const relevant = dataset.qrels.get(id)!;
    const hit = (list: readonly Scored[]) => list.some((found) => relevant.has(found.id));
    const [keyword, vector] = [hit(await sides.keyword(text, 5)), hit(sides.vector(text, 5))];
    counts[keyword ? (vector ? "both" : "keywordOnly") : vector ? "vectorOnly" : "neither"]++;
  }
  return counts;
}

/** The chunks, and beside each an older copy that lacks its last sentence: what a folder with two versions is like. */
export function withOldCopies(chunks: readonly Chunk[]): Chunk[] {
  return chunks.flatMap((chunk) => [
    chunk,
    { ...chunk, id: `${chunk.id}/old`, text: chunk.text.replace(/(?<=。)[^。]*。$/u, "") },
  ]);
}

/** Mean likeness of the five chosen and the share of relevant chunks (in either version) among them. */
export async function measureMmr(
  chunks: readonly Chunk[],
  dataset: RetrievalDataset,
  lambda: number,
): Promise<{ likeness: number; recall: number }> {
  const sides = await openBothSides(chunks, []);
  const likeness = jaccardOf(new Map(chunks.map(({ id, text }) => [id, text])));
  let [alike, found] = [0, 0];
  for (const { id, text } of dataset.queries) {
    const chosen = chooseByMmr(await sides.keyword(text, 20), 5, lambda, likeness).map((hit) => hit.id);
    alike += meanLikeness(chosen, likeness);
    const versions = new Set(chosen.map((chunk) => chunk.replace("/old", "")));
    const relevant = [...dataset.qrels.get(id)!.keys()];
    found += relevant.filter((chunk) => versions.has(chunk)).length / relevant.length;
  }
  return { likeness: alike / dataset.queries.length, recall: found / dataset.queries.length };
}
