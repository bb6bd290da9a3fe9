import type { Chunk } from "../chunk/chunk.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";
import { compileFilter, type Filter } from "../index/filter.ts";
import type { BankMatch } from "./retrieval.ts";

/** The chunks that hold a bank question's evidence, in the order of its points; none when the filter excludes them. */
export async function bankEvidence(
  index: ChunkIndex,
  bank: BankMatch,
  filter: Filter | undefined,
): Promise<Chunk[]> {
  const { documentId, points } = bank.question;
  const chunks = await index.chunksOf(documentId);
  const evidence = new Set<Chunk>();
  for (const { blockId, quote } of points) {
    const holders = chunks.filter((chunk) => chunk.blockIds.includes(blockId));
    // A long block lies in several chunks; the one with the quote is meant.
    const holder = holders.find((chunk) => chunk.text.includes(quote)) ?? holders[0];
    if (holder !== undefined) evidence.add(holder);
  }
  return filter === undefined ? [...evidence] : [...evidence].filter(compileFilter(filter));
}
