import type { Chunk } from "../chunk/chunk.ts";
import { RagError } from "../errors.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";
import { compileFilter, type Filter } from "../index/filter.ts";
import { mergeChunks } from "./merge-chunks.ts";

/** How far a passage reaches beyond the chunk that was found: so many chunks to each side, or its whole section. */
export type Expansion = { readonly neighbours: number } | "section";

export interface ExpandOptions {
  readonly expand: Expansion;
  /** Tokens that all passages together may grow to. What was found is never dropped for it. */
  readonly budget: number;
  /** Chunks that do not match it are not taken in. */
  readonly filter?: Filter | undefined;
}

export interface ScoredChunk {
  readonly chunk: Chunk;
  readonly score: number;
}

/**
 * Extends what was found by what stands around it under the same heading, nearest first and best passage first, within
 * a token budget. Chunks that come to touch become one passage at the place of the better one; no block is in twice.
 * The text under another heading is left out: it is about something else, and a citation would name the wrong heading.
 *
 * @throws RagError `invalid-input` when `neighbours` is no whole number above 0
 */
export async function expandPassages(
  found: readonly ScoredChunk[],
  index: Pick<ChunkIndex, "chunksOf">,
  { expand, budget, filter }: ExpandOptions,
): Promise<ScoredChunk[]> {
  const reach = expand === "section" ? Number.POSITIVE_INFINITY : expand.neighbours;
  if (expand !== "section" && !(Number.isInteger(reach) && reach > 0))
    throw new RagError(
      "invalid-input",
      `expand.neighbours must be a whole number above 0, got ${String(reach)}.`,
    );
  const allowed = filter === undefined ? () => true : compileFilter(filter);
  const documents = new Map<string, readonly Chunk[]>();
  for (const { chunk } of found)
    if (!documents.has(chunk.documentId))
      documents.set(chunk.documentId, await index.chunksOf(chunk.documentId));
  const taken = new Map(found.map(({ chunk }) => [chunk.id, chunk]));
  let used = found.reduce((sum, { chunk }) => sum + chunk.tokens, 0);

  // What follows explains more often than what precedes, so of two equally near the one behind goes first.
  const runs = found.map(({ chunk }) => ({ chunk, ...sectionAround(chunk, documents) }));
  const open = runs.map(() => ({ after: true, before: true }));
  for (let distance = 1; distance <= reach && open.some(({ after, before }) => after || before); distance++)
    for (const [rank, { section, at }] of runs.entries())
      for (const side of ["after", "before"] as const) {
        const state = open[rank];
        if (state === undefined || !state[side]) continue;
        const near = at < 0 ? undefined : section[side === "after" ? at + distance : at - distance];
        if (near === undefined || !allowed(near)) state[side] = false;
        else if (!taken.has(near.id)) {
          // A gap in the text would read as if it followed, so a side that does not fit is closed.
          if (used + near.tokens > budget) state[side] = false;
          else {
            taken.set(near.id, near);
            used += near.tokens;
          }
        }
      }

  const done = new Set<string>();
  return found.flatMap(({ chunk, score }, rank) => {
    if (done.has(chunk.id)) return [];
    const { section, at } = runs[rank] ?? { section: [], at: -1 };
    if (at < 0) return [{ chunk, score }];
    let first = at;
    let last = at;
    while (taken.has(section[first - 1]?.id ?? "")) first -= 1;
    while (taken.has(section[last + 1]?.id ?? "")) last += 1;
    const run = section.slice(first, last + 1);
    for (const { id } of run) done.add(id);
    return [{ chunk: mergeChunks(chunk, run), score }];
  });
}

/** The chunks that stand with this one under its heading without a break, and its place among them; -1 when unknown. */
function sectionAround(
  chunk: Chunk,
  documents: ReadonlyMap<string, readonly Chunk[]>,
): { section: readonly Chunk[]; at: number } {
  const all = documents.get(chunk.documentId) ?? [];
  const place = all.findIndex(({ id }) => id === chunk.id);
  if (place < 0) return { section: [], at: -1 };
  const heading = JSON.stringify(chunk.headingPath);
  const same = (other: Chunk | undefined) =>
    other !== undefined && JSON.stringify(other.headingPath) === heading;
  let first = place;
  let last = place;
  while (same(all[first - 1])) first -= 1;
  while (same(all[last + 1])) last += 1;
  return { section: all.slice(first, last + 1), at: place - first };
}
