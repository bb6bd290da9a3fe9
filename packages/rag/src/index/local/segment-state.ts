import { buildKeywordSteps, mergeKeywordSteps, type SegmentView } from "../keyword/build-segment.ts";
import type { KeywordSegment } from "../keyword/segment.ts";
import type { Steps } from "../keyword/steps.ts";
import { vectorBlockSteps } from "../vector/vector-block.ts";
import type { FileEntry } from "./files.ts";
import { Segment, type SegmentDocument } from "./segment.ts";
import { encodeSegmentFile } from "./segment-file.ts";
import { segmentSectionSteps } from "./segment-sections.ts";

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

/** @param keyword The texts to index, or the keyword side if it has been made. */
export function* createSegmentSteps(
  documents: readonly SegmentDocument[],
  removed: readonly string[],
  keyword: readonly { text: string }[] | KeywordSegment,
): Steps<NewSegment> {
  const side = "toBytes" in keyword ? keyword : yield* buildKeywordSteps(keyword);
  const keywordBytes = yield* side.writeSteps();
  const units = documents.flatMap(({ chunks }) => chunks.map(({ vector }) => vector?.unit));
  const dimensions = units.find((unit) => unit !== undefined)?.length ?? 0;
  const block = dimensions > 0 ? yield* vectorBlockSteps(units, dimensions) : undefined;
  const content = yield* segmentSectionSteps(documents, removed, keywordBytes, block);
  return { segment: new Segment(content.header, content.sections, side), parts: encodeSegmentFile(content) };
}

/** The states after a newer segment: its documents and removals take the place of older ones. */
export function withSegment(
  states: readonly SegmentState[],
  segment: Segment,
  file: FileEntry | undefined,
): SegmentState[] {
  const left = states.map((state) => {
    const replaced = state.segment.documentIds.positionsOfShared(segment.documentIds);
    const removed = segment.removed.map((id) => state.segment.documentIds.find(id));
    return withoutPositions(state, [...replaced, ...removed]);
  });
  return [...withoutEmptyFront(left), freshState(segment, file)];
}

/** The states without these documents. */
export function withoutDocuments(
  states: readonly SegmentState[],
  ids: ReadonlySet<string>,
): readonly SegmentState[] {
  return withoutEmptyFront(
    states.map((state) =>
      withoutPositions(
        state,
        Array.from(ids, (id) => state.segment.documentIds.find(id)),
      ),
    ),
  );
}

export function freshState(segment: Segment, file: FileEntry | undefined): SegmentState {
  return { segment, file, deadDocuments: new Set<number>(), deadChunks: new Set<number>() };
}

/** Dimensions of the vectors; 0 when there are none. */
export function dimensionsOf(states: readonly SegmentState[]): number {
  return states.find(({ segment }) => segment.dimensions > 0)?.segment.dimensions ?? 0;
}

/** Dimensions of the vectors that are left without these documents. */
export function dimensionsWithout(states: readonly SegmentState[], ids: ReadonlySet<string>): number {
  const dimensions = dimensionsOf(states);
  // A segment with more documents than those that go keeps some: mostly this spares looking for each of them.
  const stays = states.some(
    ({ segment, deadDocuments }) =>
      segment.dimensions > 0 && segment.documentCount - deadDocuments.size > ids.size,
  );
  return dimensions === 0 || stays ? dimensions : dimensionsOf(withoutDocuments(states, ids));
}

/**
 * One segment of what is left of neighbours.
 *
 * @param oldest The first of them is the index's first: nothing older is left to remove.
 */
export function* mergeSegmentSteps(states: readonly SegmentState[], oldest: boolean): Steps<NewSegment> {
  const views: SegmentView[] = [];
  for (const { segment, deadChunks } of states) {
    views.push({ segment: yield* segment.keywordSteps(), deleted: deadChunks });
  }
  const keyword = yield* mergeKeywordSteps(views);
  const documents: SegmentDocument[] = [];
  for (const { segment, deadDocuments } of states) {
    for (let document = 0; document < segment.documentCount; document++) {
      if (!deadDocuments.has(document)) documents.push(segment.document(document));
      if (document % 64 === 0) yield;
    }
  }
  const removed = oldest ? [] : [...new Set(states.flatMap(({ segment }) => segment.removed))];
  return yield* createSegmentSteps(documents, removed, keyword);
}

export function liveChunks({ segment, deadChunks }: SegmentState): number {
  return segment.chunkCount - deadChunks.size;
}

/** Segments in front that hold nothing any more are left out. */
function withoutEmptyFront(states: readonly SegmentState[]): readonly SegmentState[] {
  const first = states.findIndex(({ segment, deadDocuments }) => deadDocuments.size < segment.documentCount);
  return first < 0 ? [] : states.slice(first);
}

/** A position below 0 stands for a document that is not there. */
function withoutPositions(state: SegmentState, documents: readonly number[]): SegmentState {
  const gone = documents.filter((document) => document >= 0 && !state.deadDocuments.has(document));
  if (gone.length === 0) return state;
  const deadDocuments = new Set(state.deadDocuments);
  const deadChunks = new Set(state.deadChunks);
  for (const document of gone) {
    deadDocuments.add(document);
    const [first, end] = state.segment.chunkRange(document);
    for (let chunk = first; chunk < end; chunk++) deadChunks.add(chunk);
  }
  return { ...state, deadDocuments, deadChunks };
}
