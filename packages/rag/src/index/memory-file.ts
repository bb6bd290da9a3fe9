import { checkThresholds, type SufficiencyThresholds } from "../answer/thresholds.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { ByteReader, ByteWriter, corrupt } from "./keyword/bytes.ts";
import { type FileKind, seal, unseal } from "./keyword/sealed-bytes.ts";
import { KeywordSegment } from "./keyword/segment.ts";
import type { MemoryPart } from "./memory-part.ts";

const kind: FileKind = { magic: "ZXMI", version: 1 };

interface Content {
  readonly hashes: Map<string, string>;
  readonly chunks: Chunk[];
  readonly thresholds: SufficiencyThresholds | null;
}

/** An index as one file: hashes, chunks and thresholds as JSON, the keyword segment, the vectors as little-endian float32. */
export function writeMemoryFile(
  part: MemoryPart,
  hashes: ReadonlyMap<string, string>,
  thresholds: SufficiencyThresholds | null,
): Uint8Array {
  const writer = new ByteWriter();
  writer.string(
    JSON.stringify({ hashes: [...hashes], chunks: part.chunks, ...(thresholds ? { thresholds } : {}) }),
  );
  const keyword = part.keyword.toBytes();
  writer.varint(keyword.length);
  writer.bytes(keyword);
  const dimensions = part.units.find((unit) => unit !== undefined)?.length ?? 0;
  writer.varint(dimensions);
  if (dimensions > 0) {
    for (const unit of part.units) {
      writer.varint(unit === undefined ? 0 : 1);
      if (unit === undefined) continue;
      const row = new DataView(new ArrayBuffer(dimensions * 4));
      unit.forEach((value, index) => {
        row.setFloat32(index * 4, value, true);
      });
      writer.bytes(new Uint8Array(row.buffer));
    }
  }
  return seal(kind, writer.finish());
}

/** @throws {RagError} `index-corrupt`, `index-incompatible` */
export function readMemoryFile(bytes: Uint8Array): Omit<Content, "chunks"> & { part: MemoryPart } {
  const reader = new ByteReader(unseal(kind, bytes));
  const { hashes, chunks, thresholds } = parseContent(reader.string());
  const keyword = KeywordSegment.fromBytes(reader.bytes(reader.varint()));
  if (keyword.entries !== chunks.length) {
    throw corrupt(`it has ${chunks.length} chunks and ${keyword.entries} entries in its keyword segment`);
  }
  if (!chunks.every(({ documentId }) => hashes.has(documentId)))
    throw corrupt("a chunk belongs to no document");
  const dimensions = reader.varint();
  const units = chunks.map(() => {
    if (dimensions === 0 || reader.varint() === 0) return undefined;
    const row = reader.bytes(dimensions * 4);
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    return Float32Array.from({ length: dimensions }, (_, index) => view.getFloat32(index * 4, true));
  });
  reader.finish();
  return { part: { keyword, chunks, units, deleted: new Set() }, hashes, thresholds };
}

function parseContent(json: string): Content {
  try {
    const { hashes, chunks, thresholds } = JSON.parse(json) as {
      hashes: [string, string][];
      chunks: Chunk[];
      thresholds?: unknown;
    };
    if (!Array.isArray(chunks)) throw new TypeError("chunks is no list");
    return {
      hashes: new Map(hashes),
      chunks,
      thresholds: thresholds === undefined ? null : checkThresholds(thresholds),
    };
  } catch (cause) {
    throw corrupt("the list of its chunks or its thresholds are damaged", cause);
  }
}
