import type { ParsedDocument } from "../document/document.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";

/** Document ids by what an ingest would do with them. */
export interface IngestPlan {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  /** In the index, but not among the documents: removed when `prune` is on. */
  readonly gone: readonly string[];
}

/**
 * Compares documents with what the index holds, by hash. Changes nothing.
 *
 * @example const { added, changed } = await planIngest(index, documents)
 */
export async function planIngest(
  index: Pick<ChunkIndex, "documents">,
  documents:
    | Iterable<Pick<ParsedDocument, "id" | "hash">>
    | AsyncIterable<Pick<ParsedDocument, "id" | "hash">>,
): Promise<IngestPlan> {
  const held = await index.documents();
  const plan = { added: [] as string[], changed: [] as string[], unchanged: [] as string[] };
  const seen = new Set<string>();
  for await (const { id, hash } of documents) {
    if (seen.has(id)) continue;
    seen.add(id);
    plan[stateOf(held.get(id), hash)].push(id);
  }
  return { ...plan, gone: [...held.keys()].filter((id) => !seen.has(id)) };
}

export function stateOf(held: string | undefined, hash: string): "added" | "changed" | "unchanged" {
  return held === undefined ? "added" : held === hash ? "unchanged" : "changed";
}
