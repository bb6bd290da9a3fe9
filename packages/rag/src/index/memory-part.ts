import type { Chunk } from "../chunk/chunk.ts";
import { mergeKeywordSegments } from "./keyword/build-segment.ts";
import type { KeywordSegment } from "./keyword/segment.ts";

/** What one change, or several merged ones, brought: entry `i` of the segment is chunk `i`. */
export interface MemoryPart {
  readonly keyword: KeywordSegment;
  readonly chunks: readonly Chunk[];
  /** Vectors of length 1; `undefined` for a chunk without one. */
  readonly units: readonly (Float32Array | undefined)[];
  readonly deleted: Set<number>;
}

export function liveEntries({ chunks, deleted }: MemoryPart): number {
  return chunks.length - deleted.size;
}

/** One part of what is left of several, in their order. */
export function mergeParts(parts: readonly MemoryPart[]): MemoryPart {
  const { segment, origins } = mergeKeywordSegments(
    parts.map(({ keyword, deleted }) => ({ segment: keyword, deleted })),
  );
  return {
    keyword: segment,
    chunks: origins.map(({ view, entry }) => parts[view]!.chunks[entry]!),
    units: origins.map(({ view, entry }) => parts[view]!.units[entry]),
    deleted: new Set(),
  };
}
