import { indexedText } from "../../chunk/chunk.ts";
import { RagError } from "../../errors.ts";
import { checkChangeSteps } from "../check-change.ts";
import type { DocumentChange, IndexChanges } from "../chunk-index.ts";
import type { Steps } from "../keyword/steps.ts";
import { vectorKey } from "../vector/graph-labels.ts";
import type { SegmentDocument } from "./segment.ts";
import { createSegmentSteps, dimensionsWithout, type NewSegment } from "./segment-state.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Checks changes against a state of the index and makes a segment of them; `undefined` when they change nothing.
 *
 * @throws RagError `invalid-input` or `invalid-vector`, naming document and chunk.
 */
export function* encodeChangeSteps(changes: IndexChanges, snapshot: Snapshot): Steps<NewSegment | undefined> {
  const put = changes.put ?? [];
  const gone = new Set([...(changes.remove ?? []), ...put.map(({ documentId }) => documentId)]);
  const units = yield* checkChangeSteps(changes, dimensionsWithout(snapshot.states, gone));
  yield* checkChunkIds(put, gone, snapshot);
  const removed: string[] = [];
  for (const id of gone) {
    if (!units.has(id) && snapshot.hasDocument(id)) removed.push(id);
    yield;
  }
  if (put.length === 0 && removed.length === 0) return undefined;
  const documents: SegmentDocument[] = [];
  for (const change of put) {
    documents.push(encodeDocument(change, units.get(change.documentId) as Float32Array[]));
    yield;
  }
  const texts = put.flatMap(({ chunks }) => chunks.map((chunk) => ({ text: indexedText(chunk) })));
  return yield* createSegmentSteps(documents, removed, texts);
}

function encodeDocument(
  { documentId, hash, chunks }: DocumentChange,
  units: readonly Float32Array[],
): SegmentDocument {
  const encoder = new TextEncoder();
  return {
    id: documentId,
    hash,
    chunks: chunks.map((chunk, index) => {
      const { metadata, ...record } = chunk;
      const encoded = {
        id: chunk.id,
        record: encoder.encode(JSON.stringify(record)),
        metadata: JSON.stringify(metadata),
      };
      const unit = units[index];
      return unit === undefined ? encoded : { ...encoded, vector: { unit, key: vectorKey(chunk.id, unit) } };
    }),
  };
}

/** `get` could not tell two chunks with one id apart. */
function* checkChunkIds(
  put: readonly DocumentChange[],
  gone: ReadonlySet<string>,
  snapshot: Snapshot,
): Steps<void> {
  const owners = new Map<string, string>();
  for (const { documentId, chunks } of put) {
    for (const { id } of chunks) {
      const place = snapshot.findChunk(id);
      const stored = place === undefined ? undefined : snapshot.chunkAt(place).documentId;
      const owner = owners.get(id) ?? (stored !== undefined && !gone.has(stored) ? stored : undefined);
      if (owner !== undefined) {
        throw new RagError(
          "invalid-input",
          `Documents ${documentId} and ${owner} both have a chunk with the id ${id}.`,
          {
            details: { chunkId: id, documentIds: [documentId, owner] },
          },
        );
      }
      owners.set(id, documentId);
    }
    yield;
  }
}
