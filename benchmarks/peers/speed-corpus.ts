import { type RetrievalDataset, readRetrievalDataset } from "@zixue/rag";
import { recombinedPassages } from "../recombined-passages.ts";

/**
 * A corpus of `count` Chinese passages to measure speed on: the real ones of DRCD and XQuAD, and as many made from their
 * sentences as are missing. Its questions are real; what they find says nothing about quality, since the made passages
 * repeat the sentences of the real ones.
 */
export async function speedCorpus(
  folders: readonly string[],
  count: number,
  questions: number,
): Promise<RetrievalDataset> {
  const sets = await Promise.all(folders.map((folder) => readRetrievalDataset(folder)));
  const real = sets.flatMap(({ corpus }) => corpus).slice(0, count);
  const made = recombinedPassages(count - real.length).passages.map((text, place) => ({
    id: `made-${place}`,
    title: "",
    text,
  }));
  const queries = sets.flatMap((set) => set.queries);
  const step = Math.max(1, Math.floor(queries.length / questions));
  return {
    corpus: [...real, ...made],
    queries: queries.filter((_, place) => place % step === 0).slice(0, questions),
    qrels: new Map(sets.flatMap(({ qrels }) => [...qrels])),
  };
}
