import type { Chunk } from "../../chunk/chunk.ts";
import type { Metadata } from "../../document/document.ts";
import { KeywordSegment } from "../keyword/segment.ts";
import type { Steps } from "../keyword/steps.ts";
import { rowStride, type VectorBlock } from "../vector/vector-block.ts";
import { decode, StringTable, words } from "./string-table.ts";

export interface SegmentHeader {
  readonly chunks: number;
  readonly dimensions: number;
}

/** One document of a segment, with what retrieval needs of it; the chunks stay encoded. */
export interface SegmentDocument {
  readonly id: string;
  readonly hash: string;
  readonly chunks: readonly EncodedChunk[];
}

export interface EncodedChunk {
  readonly id: string;
  /** JSON of the chunk without its metadata, UTF-8. */
  readonly record: Uint8Array;
  /** JSON of the metadata; equal ones are stored once. */
  readonly metadata: string;
  readonly vector?: { readonly unit: Float32Array; readonly key: readonly [number, number] };
}

type Sections = Readonly<Record<string, Uint8Array>>;

/**
 * An immutable piece of an index: documents with their chunks and vectors, and the ids that its commit removed. All of
 * it are views over the bytes of the file; a chunk is parsed when it is asked for.
 */
export class Segment {
  readonly chunkCount: number;
  readonly dimensions: number;
  readonly documentIds: StringTable;
  readonly chunkIds: StringTable;
  /** Documents removed by the commits that this segment holds, in it and in all older segments. */
  readonly removed: readonly string[];
  readonly vectors: VectorBlock | undefined;
  /** Two words a chunk: hash of chunk id and vector, by which a graph recognises a vector after a merge. */
  readonly vectorKeys: Uint32Array;
  /** Size of the file, in bytes. */
  readonly bytes: number;
  readonly #keywordBytes: Uint8Array;
  #keyword: KeywordSegment | undefined;
  readonly #firstChunk: Uint32Array;
  readonly #hashes: Encoded;
  readonly #records: Encoded;
  readonly #metadataOf: Uint32Array;
  readonly #metadataText: Encoded;
  readonly #metadata: (Metadata | undefined)[] = [];

  /**
   * @param keyword The decoded keyword section, where it is at hand.
   * @throws Error with the reason when a section is missing or has a wrong length.
   */
  constructor(header: SegmentHeader, sections: Sections, keyword?: KeywordSegment) {
    this.#keyword = keyword;
    const section = (name: string): Uint8Array => {
      const found = sections[name];
      if (found === undefined) throw new Error(`its section ${name} is missing`);
      return found;
    };
    const encoded = (name: string): Encoded => ({
      offsets: words(section(`${name}.offsets`)),
      text: section(`${name}.text`),
    });
    const table = (name: string): StringTable =>
      StringTable.fromSections(TABLE_PARTS.map((part) => section(`${name}.${part}`)));
    this.chunkCount = header.chunks;
    this.dimensions = header.dimensions;
    this.documentIds = table("documentIds");
    this.chunkIds = table("chunkIds");
    this.#keywordBytes = section("keyword");
    this.bytes = Object.values(sections).reduce((sum, { length }) => sum + length, 0);
    this.#firstChunk = words(section("firstChunk"));
    this.#hashes = encoded("hashes");
    this.#records = encoded("records");
    this.#metadataOf = words(section("metadataOf"));
    this.#metadataText = encoded("metadata");
    const removed = encoded("removed");
    this.removed = Array.from({ length: removed.offsets.length - 1 }, (_, i) =>
      decode(removed.text, removed.offsets, i),
    );
    this.vectorKeys = header.dimensions > 0 ? words(section("vectorKeys")) : new Uint32Array(0);
    this.vectors = header.dimensions > 0 ? vectorBlock(header, section) : undefined;
  }

  get documentCount(): number {
    return this.documentIds.length;
  }

  /** The keyword side, once `keywordSteps` has decoded it. Its entries are the chunks' positions. */
  get keyword(): KeywordSegment | undefined {
    return this.#keyword;
  }

  *keywordSteps(): Steps<KeywordSegment> {
    this.#keyword ??= yield* KeywordSegment.readSteps(this.#keywordBytes);
    return this.#keyword;
  }

  hash(document: number): string {
    return decode(this.#hashes.text, this.#hashes.offsets, document);
  }

  /** Chunks of a document: `[first, end)`. */
  chunkRange(document: number): readonly [first: number, end: number] {
    return [this.#firstChunk[document] as number, this.#firstChunk[document + 1] as number];
  }

  chunk(position: number): Chunk {
    const chunk = JSON.parse(decode(this.#records.text, this.#records.offsets, position)) as {
      -readonly [Key in keyof Chunk]: Chunk[Key];
    };
    chunk.metadata = this.metadata(this.metadataIndex(position));
    return chunk;
  }

  metadataIndex(position: number): number {
    return this.#metadataOf[position] as number;
  }

  metadata(index: number): Metadata {
    this.#metadata[index] ??= JSON.parse(this.#metadataJson(index)) as Metadata;
    return this.#metadata[index];
  }

  /** A document as it goes into a merged segment. */
  document(document: number): SegmentDocument {
    const [first, end] = this.chunkRange(document);
    return {
      id: this.documentIds.at(document),
      hash: this.hash(document),
      chunks: Array.from({ length: end - first }, (_, index) => this.#encodedChunk(first + index)),
    };
  }

  #encodedChunk(position: number): EncodedChunk {
    const { text, offsets } = this.#records;
    const chunk = {
      id: this.chunkIds.at(position),
      record: text.subarray(offsets[position], offsets[position + 1]),
      metadata: this.#metadataJson(this.metadataIndex(position)),
    };
    const { vectors, vectorKeys, dimensions } = this;
    if (vectors === undefined || vectors.scales[position] === 0) return chunk;
    const unit = vectors.floats.subarray(position * dimensions, (position + 1) * dimensions);
    return {
      ...chunk,
      vector: { unit, key: [vectorKeys[position * 2] as number, vectorKeys[position * 2 + 1] as number] },
    };
  }

  #metadataJson(index: number): string {
    return decode(this.#metadataText.text, this.#metadataText.offsets, index);
  }
}

/** Values in a row, each `[offsets[i], offsets[i + 1])` of the text. */
export interface Encoded {
  readonly offsets: Uint32Array;
  readonly text: Uint8Array;
}

/** Sections of a string table, in the order in which it gives them. */
export const TABLE_PARTS = ["offsets", "hashes", "positions", "text"];

function vectorBlock(
  { chunks, dimensions }: SegmentHeader,
  section: (name: string) => Uint8Array,
): VectorBlock {
  const floats = (name: string, length: number): Float32Array => {
    const { buffer, byteOffset, byteLength } = section(name);
    if (byteLength !== length * 4) throw new Error(`its section ${name} has a wrong length`);
    return new Float32Array(buffer, byteOffset, length);
  };
  const codes = section("codes");
  if (codes.byteLength !== chunks * rowStride(dimensions))
    throw new Error("its section codes has a wrong length");
  return {
    count: chunks,
    dimensions,
    floats: floats("floats", chunks * dimensions),
    codes: new Int8Array(codes.buffer, codes.byteOffset, codes.byteLength),
    scales: floats("scales", chunks),
  };
}
