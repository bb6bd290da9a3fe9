import { ByteReader, ByteWriter, corrupt } from "./bytes.ts";
import { type FileKind, seal, unseal } from "./sealed-bytes.ts";

/** What a segment holds. Term ids run over characters, then bigrams, then words. */
export interface SegmentData {
  readonly entries: number;
  /** One bit per entry, set for `en`. */
  readonly languages: Uint8Array;
  /** Three per entry: characters, bigrams, words. */
  readonly lengths: Uint32Array;
  readonly streams: Uint8Array;
  readonly streamOffsets: Uint32Array;
  /** Code points by character id. */
  readonly characters: Uint32Array;
  /** Bigrams that begin with character `id` are `bigramStarts[id] … bigramStarts[id + 1]`. */
  readonly bigramStarts: Uint32Array;
  /** Character id of a bigram's second character, ascending within one first character. */
  readonly bigramSeconds: Uint32Array;
  readonly words: readonly string[];
  /** Entries that have the term; of these, the ones in English. */
  readonly frequencies: Uint32Array;
  readonly englishFrequencies: Uint32Array;
  readonly postings: Uint8Array;
  readonly postingOffsets: Uint32Array;
}

const kind: FileKind = { magic: "ZXKS", version: 1 };

export function writeSegment(data: SegmentData): Uint8Array {
  const body = new ByteWriter();
  body.varint(data.entries);
  body.varint(data.characters.length);
  body.varint(data.bigramSeconds.length);
  body.varint(data.words.length);
  body.bytes(data.languages);
  for (const length of data.lengths) body.varint(length);
  writeOffsets(body, data.streamOffsets);
  for (const codePoint of data.characters) body.varint(codePoint);
  for (let first = 0; first < data.characters.length; first++) {
    const end = data.bigramStarts[first + 1]!;
    body.varint(end - data.bigramStarts[first]!);
    let previous = 0;
    for (let index = data.bigramStarts[first]!; index < end; index++) {
      body.varint(data.bigramSeconds[index]! - previous);
      previous = data.bigramSeconds[index]!;
    }
  }
  for (const word of data.words) body.string(word);
  for (const frequency of data.frequencies) body.varint(frequency);
  for (const frequency of data.englishFrequencies) body.varint(frequency);
  writeOffsets(body, data.postingOffsets);
  body.bytes(data.streams);
  body.bytes(data.postings);

  return seal(kind, body.finish());
}

/** @throws {RagError} `index-corrupt` or `index-incompatible` */
export function readSegment(bytes: Uint8Array): SegmentData {
  const reader = new ByteReader(unseal(kind, bytes));
  const entries = reader.count(4);
  const characterCount = reader.count(3);
  const bigramCount = reader.count(3);
  const wordCount = reader.count(3);
  const termCount = characterCount + bigramCount + wordCount;

  const languages = reader.bytes((entries + 7) >> 3);
  const lengths = readNumbers(reader, entries * 3);
  const streamOffsets = readOffsets(reader, entries);
  const characters = readNumbers(reader, characterCount);
  const bigramStarts = new Uint32Array(characterCount + 1);
  const bigramSeconds = new Uint32Array(bigramCount);
  for (let first = 0, index = 0; first < characterCount; first++) {
    const count = reader.varint();
    if (index + count > bigramCount) throw corrupt("it has more bigrams than it says");
    for (let second = 0, end = index + count; index < end; index++) {
      second += reader.varint();
      bigramSeconds[index] = second;
    }
    bigramStarts[first + 1] = index;
  }
  if (bigramStarts[characterCount] !== bigramCount) throw corrupt("it has fewer bigrams than it says");
  const words = Array.from({ length: wordCount }, () => reader.string());
  const frequencies = readNumbers(reader, termCount);
  const englishFrequencies = readNumbers(reader, termCount);
  if (frequencies.some((frequency) => frequency > entries))
    throw corrupt("a term is in more entries than there are");
  const postingOffsets = readOffsets(reader, termCount);
  const streams = reader.bytes(streamOffsets[entries]!);
  const postings = reader.bytes(postingOffsets[termCount]!);
  reader.finish();
  return {
    entries,
    languages,
    lengths,
    streams,
    streamOffsets,
    characters,
    bigramStarts,
    bigramSeconds,
    words,
    frequencies,
    englishFrequencies,
    postings,
    postingOffsets,
  };
}

/** Offsets are written as the distances between them. */
function writeOffsets(writer: ByteWriter, offsets: Uint32Array): void {
  for (let index = 1; index < offsets.length; index++) writer.varint(offsets[index]! - offsets[index - 1]!);
}

function readOffsets(reader: ByteReader, count: number): Uint32Array {
  const offsets = new Uint32Array(count + 1);
  for (let index = 0; index < count; index++) offsets[index + 1] = offsets[index]! + reader.varint();
  return offsets;
}

function readNumbers(reader: ByteReader, count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let index = 0; index < count; index++) numbers[index] = reader.varint();
  return numbers;
}
