import { buildKeywordSegment, mergeKeywordSegments } from "../keyword/build-segment.ts";
import type { KeywordSegment } from "../keyword/segment.ts";
import { createVectorBlock } from "../vector/vector-block.ts";
import type { FileEntry } from "./files.ts";
import { Segment, type SegmentDocument, segmentSections } from "./segment.ts";
import { encodeSegmentFile } from "./segment-file.ts";

/** A segment in one state of the index: what of it newer segments have replaced or removed. Never changes. */
export interface SegmentState {
  readonly segment: Segment;
  /** Documents that are gone. */
  readonly deadDocuments: ReadonlySet<number>;
  /** Their chunks. */
  readonly deadChunks: ReadonlySet<number>;
  /** `undefined` until the segment has been written. */
  readonly file: FileEntry | undefined;
}

/** A segment that is not on the disk yet. */
export interface NewSegment {
  readonly segment: Segment;
  readonly parts: readonly Uint8Array[];
}

export function createSegment(
  documents: readonly SegmentDocument[],
  removed: readonly string[],
  keyword: readonly { text: string }[] | KeywordSegment,
): NewSegment {
  const units = documents.flatMap(({ chunks }) => chunks.map(({ vector }) => vector?.unit));
  const dimensions = units.find((unit) => unit !== undefined)?.length ?? 0;
  const side = "toBytes" in keyword ? keyword : buildKeywordSegment(keyword);
  const block = dimensions > 0 ? createVectorBlock(units, dimensions) : undefined;
  const content = segmentSections(documents, removed, side.toBytes(), block);
  return { segment: new Segment(content.header, content.sections), parts: encodeSegmentFile(content) };
}

/** The states after a newer segment: its documents and removals take the place of older ones. */
export function withSegment(
  states: readonly SegmentState[],
  segment: Segment,
  file: FileEntry | undefined,
): SegmentState[] {
  const gone = [...segment.removed];
  for (let document = 0; document < segment.documentCount; document++)
    gone.push(segment.documentIds.at(document));
  return [...withoutDocuments(states, gone), freshState(segment, file)];
}

/** The states without these documents. Segments in front that hold nothing any more are left out. */
export function withoutDocuments(states: readonly SegmentState[], ids: readonly string[]): SegmentState[] {
  const left = states.map((state) => withoutDocumentsOf(state, ids));
  const first = left.findIndex(({ segment, deadDocuments }) => deadDocuments.size < segment.documentCount);
  return first < 0 ? [] : left.slice(first);
}

export function freshState(segment: Segment, file: FileEntry | undefined): SegmentState {
  return { segment, file, deadDocuments: new Set<number>(), deadChunks: new Set<number>() };
}

/** Dimensions of the vectors; 0 when there are none. */
export function dimensionsOf(states: readonly SegmentState[]): number {
  return states.find(({ segment }) => segment.dimensions > 0)?.segment.dimensions ?? 0;
}

/**
 * One segment of what is left of neighbours.
 *
 * @param oldest The first of them is the index's first: nothing older is left to remove.
 */
export function mergeSegments(states: readonly SegmentState[], oldest: boolean): NewSegment {
  const documents: SegmentDocument[] = [];
  for (const { segment, deadDocuments } of states) {
    for (let document = 0; document < segment.documentCount; document++) {
      if (!deadDocuments.has(document)) documents.push(segment.document(document));
    }
  }
  const removed = oldest ? [] : [...new Set(states.flatMap(({ segment }) => segment.removed))];
  const { segment } = mergeKeywordSegments(
    states.map(({ segment: { keyword }, deadChunks }) => ({ segment: keyword, deleted: deadChunks })),
  );
  return createSegment(documents, removed, segment);
}

export function liveChunks({ segment, deadChunks }: SegmentState): number {
  return segment.chunkCount - deadChunks.size;
}

function withoutDocumentsOf(state: SegmentState, ids: readonly string[]): SegmentState {
  let { deadDocuments, deadChunks }: { deadDocuments: ReadonlySet<number>; deadChunks: ReadonlySet<number> } =
    state;
  let changed = false;
  for (const id of ids) {
    const document = state.segment.documentIds.find(id);
    if (document < 0 || deadDocuments.has(document)) continue;
    if (!changed) {
      deadDocuments = new Set(deadDocuments);
      deadChunks = new Set(deadChunks);
      changed = true;
    }
    (deadDocuments as Set<number>).add(document);
    const [first, end] = state.segment.chunkRange(document);
    for (let chunk = first; chunk < end; chunk++) (deadChunks as Set<number>).add(chunk);
  }
  return changed ? { ...state, deadDocuments, deadChunks } : state;
}
