import type { Chunk } from "../chunk/chunk.ts";

const LIMIT = 1_000;
const recent = new WeakMap<object, Map<string, Chunk>>();

/**
 * The same object for the same chunk. An index on disk decodes a chunk anew for each search; what is worked out about a
 * chunk (its terms, its sentences) is remembered by object and would be lost. Keeps the last thousand chunks of an index.
 */
export function sameChunk(index: object, chunk: Chunk): Chunk {
  let held = recent.get(index);
  if (held === undefined) {
    held = new Map();
    recent.set(index, held);
  }
  const before = held.get(chunk.id);
  const kept = before !== undefined && isSame(before, chunk) ? before : chunk;
  // Put last: the first of a map is the one longest unused.
  held.delete(chunk.id);
  held.set(chunk.id, kept);
  if (held.size > LIMIT) held.delete(held.keys().next().value ?? "");
  return kept;
}

/** An id stands for block ids and text; the rest may change under it. */
function isSame(one: Chunk, other: Chunk): boolean {
  return (
    one === other ||
    (one.text === other.text &&
      one.url === other.url &&
      one.title === other.title &&
      one.ordinal === other.ordinal &&
      one.start === other.start &&
      one.headingPath.join("\n") === other.headingPath.join("\n") &&
      JSON.stringify(one.metadata) === JSON.stringify(other.metadata))
  );
}
