import { liveChunks, type SegmentState } from "./segment-state.ts";

/** Segments of one size class that may stand side by side before they become one. */
const FAN_OUT = 8;
/** Everything up to this many chunks is one size class: small commits must not pile up. */
const SMALLEST_CLASS = 64;
/** A segment with a larger share of dead chunks is written anew. */
const DEAD_SHARE = 0.5;

/** A run of neighbours: `[first, end)`. Only neighbours merge, since the order of segments is what says what is newer. */
export type Run = readonly [first: number, end: number];

/**
 * What to merge next, or `undefined`. Tiered: eight segments of a size become one of the next, so that a chunk is
 * copied log₈ N times and about 7 · log₈ N segments remain at most.
 */
export function nextMerge(states: readonly SegmentState[]): Run | undefined {
  for (let end = states.length; end > 0; end--) {
    const tier = sizeClass(states[end - 1] as SegmentState);
    let first = end - 1;
    while (first > 0 && sizeClass(states[first - 1] as SegmentState) <= tier) first--;
    if (end - first >= FAN_OUT) return [first, end];
  }
  const wasteful = states.findIndex(
    ({ segment, deadChunks, deadDocuments }) =>
      deadChunks.size > segment.chunkCount * DEAD_SHARE ||
      deadDocuments.size > segment.documentCount * DEAD_SHARE,
  );
  return wasteful < 0 ? undefined : [wasteful, wasteful + 1];
}

function sizeClass(state: SegmentState): number {
  return Math.max(
    0,
    Math.floor(Math.log(Math.max(1, liveChunks(state)) / SMALLEST_CLASS) / Math.log(FAN_OUT)) + 1,
  );
}
