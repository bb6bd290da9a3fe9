import { liveChunks, type SegmentState } from "./segment-state.ts";

/** Segments of one size class that may stand side by side before they become one. */
const FAN_OUT = 8;
/** Everything up to this many chunks is one size class: small commits must not pile up. */
const SMALLEST_CLASS = 64;
/** A segment with a larger share of dead chunks is written anew. */
const DEAD_SHARE = 0.5;

/**
 * No merge makes a segment of more chunks than this: a commit that merges waits for it, a second or two at this size,
 * and holds a copy of it in memory. A segment of half of it is left alone from then on.
 */
const LARGEST = 32_768;

/** A run of neighbours: `[first, end)`. Only neighbours merge, since the order of segments is what says what is newer. */
export type Run = readonly [first: number, end: number];

/**
 * What to merge next, or `undefined`. Tiered: eight segments of a size become one of the next, so that a chunk is
 * copied log₈ N times and few segments remain.
 */
export function nextMerge(states: readonly SegmentState[]): Run | undefined {
  for (let end = states.length; end > 0; end--) {
    const tier = sizeClass(states[end - 1] as SegmentState);
    if (tier === FULL) continue;
    let first = end - 1;
    while (first > 0 && sizeClass(states[first - 1] as SegmentState) <= tier) first--;
    if (end - first >= FAN_OUT) return [first, first + countWithinLargest(states.slice(first, end))];
  }
  const wasteful = states.findIndex(
    ({ segment, deadChunks, deadDocuments }) =>
      deadChunks.size > segment.chunkCount * DEAD_SHARE ||
      deadDocuments.size > segment.documentCount * DEAD_SHARE,
  );
  return wasteful < 0 ? undefined : [wasteful, wasteful + 1];
}

const FULL = Number.POSITIVE_INFINITY;

function sizeClass(state: SegmentState): number {
  const live = liveChunks(state);
  if (live >= LARGEST / 2) return FULL;
  return Math.max(0, Math.floor(Math.log(Math.max(1, live) / SMALLEST_CLASS) / Math.log(FAN_OUT)) + 1);
}

/** At least two: two segments that are not full fit into one. */
function countWithinLargest(run: readonly SegmentState[]): number {
  let chunks = 0;
  const count = run.findIndex((state) => {
    chunks += liveChunks(state);
    return chunks > LARGEST;
  });
  return count < 0 ? run.length : count;
}
