import type { Steps } from "../keyword/steps.ts";
import type { VectorBlock } from "../vector/vector-block.ts";
import { type Encoded, type SegmentDocument, type SegmentHeader, TABLE_PARTS } from "./segment.ts";
import { bytes, concatenateSteps, StringTable } from "./string-table.ts";

/** The sections of a segment with these documents; `vectors` are those of their chunks in the same order. */
export function* segmentSectionSteps(
  documents: readonly SegmentDocument[],
  removed: readonly string[],
  keyword: Uint8Array,
  vectors: VectorBlock | undefined,
): Steps<{ header: SegmentHeader; sections: Record<string, Uint8Array> }> {
  const chunks = documents.flatMap((document) => document.chunks);
  yield;
  const metadata = new Map<string, number>();
  const metadataOf = new Uint32Array(chunks.length);
  for (const [index, chunk] of chunks.entries()) {
    const known = metadata.get(chunk.metadata) ?? metadata.size;
    metadata.set(chunk.metadata, known);
    metadataOf[index] = known;
    if (index % BLOCK === 0) yield;
  }
  const firstChunk = new Uint32Array(documents.length + 1);
  documents.forEach((document, index) => {
    firstChunk[index + 1] = (firstChunk[index] as number) + document.chunks.length;
  });
  const sections: Record<string, Uint8Array> = {
    keyword,
    firstChunk: bytes(firstChunk),
    metadataOf: bytes(metadataOf),
  };
  const addEncoded = (name: string, { offsets, text }: Encoded): void => {
    sections[`${name}.offsets`] = bytes(offsets);
    sections[`${name}.text`] = text;
  };
  const addTable = (name: string, table: StringTable): void => {
    table.sections().forEach((section, index) => {
      sections[`${name}.${TABLE_PARTS[index] as string}`] = section;
    });
  };
  addTable("documentIds", yield* StringTable.fromSteps(documents.map(({ id }) => id)));
  addTable("chunkIds", yield* StringTable.fromSteps(chunks.map(({ id }) => id)));
  addEncoded("hashes", yield* concatenateSteps(documents.map(({ hash }) => hash)));
  addEncoded("records", yield* joinSteps(chunks.map(({ record }) => record)));
  addEncoded("metadata", yield* concatenateSteps([...metadata.keys()]));
  addEncoded("removed", yield* concatenateSteps(removed));
  if (vectors !== undefined) {
    const keys = new Uint32Array(chunks.length * 2);
    for (const [index, { vector }] of chunks.entries()) {
      if (vector !== undefined) keys.set(vector.key, index * 2);
      if (index % BLOCK === 0) yield;
    }
    sections.floats = bytes(vectors.floats);
    sections.codes = bytes(vectors.codes);
    sections.scales = bytes(vectors.scales);
    sections.vectorKeys = bytes(keys);
  }
  return { header: { chunks: chunks.length, dimensions: vectors?.dimensions ?? 0 }, sections };
}

/** Items worked on between two pauses. */
const BLOCK = 256;

function* joinSteps(parts: readonly Uint8Array[]): Steps<Encoded> {
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, index) => {
    offsets[index + 1] = (offsets[index] as number) + part.length;
  });
  const text = new Uint8Array(offsets[parts.length] as number);
  for (const [index, part] of parts.entries()) {
    text.set(part, offsets[index]);
    if (index % BLOCK === 0) yield;
  }
  return { offsets, text };
}
