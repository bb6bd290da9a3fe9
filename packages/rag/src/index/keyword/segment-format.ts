import { ByteReader, type ByteWriter, corrupt } from "./bytes.ts";
import { beginSealed, type FileKind, finishSealed, unsealSteps } from "./sealed-bytes.ts";
import type { Steps } from "./steps.ts";

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

/** Numbers written or read between two pauses. */
const BLOCK = 1 << 14;

/**
 * The segment as bytes, and the same segment over them: its large arrays become views, so that nothing is held twice.
 */
export function* writeSegmentSteps(data: SegmentData): Steps<{ bytes: Uint8Array; data: SegmentData }> {
  const { streams, postings } = data;
  const terms = data.frequencies.length;
  const body = beginSealed(kind, streams.length + postings.length + terms * 6 + data.entries * 8 + 4096);
  body.varint(data.entries);
  body.varint(data.characters.length);
  body.varint(data.bigramSeconds.length);
  body.varint(data.words.length);
  body.bytes(data.languages);
  yield* writeNumbers(body, data.lengths);
  yield* writeOffsets(body, data.streamOffsets);
  yield* writeNumbers(body, data.characters);
  for (let first = 0; first < data.characters.length; first++) {
    const end = data.bigramStarts[first + 1]!;
    body.varint(end - data.bigramStarts[first]!);
    let previous = 0;
    for (let index = data.bigramStarts[first]!; index < end; index++) {
      body.varint(data.bigramSeconds[index]! - previous);
      previous = data.bigramSeconds[index]!;
    }
    if (first % 64 === 0) yield;
  }
  for (let word = 0; word < data.words.length; word++) {
    body.string(data.words[word]!);
    if (word % 256 === 0) yield;
  }
  yield* writeNumbers(body, data.frequencies);
  yield* writeNumbers(body, data.englishFrequencies);
  yield* writeOffsets(body, data.postingOffsets);
  yield* writeBytes(body, streams);
  yield* writeBytes(body, postings);
  const bytes = yield* finishSealed(kind, body);
  const postingsAt = bytes.length - postings.length;
  const streamsAt = postingsAt - streams.length;
  return {
    bytes,
    data: {
      ...data,
      streams: bytes.subarray(streamsAt, postingsAt),
      postings: bytes.subarray(postingsAt),
    },
  };
}

/** @throws {RagError} `index-corrupt` or `index-incompatible` */
export function* readSegmentSteps(bytes: Uint8Array): Steps<SegmentData> {
  const reader = new ByteReader(yield* unsealSteps(kind, bytes));
  const entries = reader.count(4);
  const characterCount = reader.count(3);
  const bigramCount = reader.count(3);
  const wordCount = reader.count(3);
  const termCount = characterCount + bigramCount + wordCount;

  const languages = reader.bytes((entries + 7) >> 3);
  const lengths = yield* readNumbers(reader, entries * 3);
  const streamOffsets = yield* readOffsets(reader, entries);
  const characters = yield* readNumbers(reader, characterCount);
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
    if (first % 64 === 0) yield;
  }
  if (bigramStarts[characterCount] !== bigramCount) throw corrupt("it has fewer bigrams than it says");
  const words: string[] = [];
  while (words.length < wordCount) {
    words.push(reader.string());
    if (words.length % 256 === 0) yield;
  }
  const frequencies = yield* readNumbers(reader, termCount);
  const englishFrequencies = yield* readNumbers(reader, termCount);
  if (frequencies.some((frequency) => frequency > entries))
    throw corrupt("a term is in more entries than there are");
  const postingOffsets = yield* readOffsets(reader, termCount);
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

function* writeNumbers(writer: ByteWriter, numbers: Uint32Array): Steps<void> {
  for (let start = 0; start < numbers.length; start += BLOCK) {
    writer.varints(numbers, start, Math.min(start + BLOCK, numbers.length));
    yield;
  }
}

/** Offsets are written as the distances between them. */
function* writeOffsets(writer: ByteWriter, offsets: Uint32Array): Steps<void> {
  for (let index = 1; index < offsets.length; index++) {
    writer.varint(offsets[index]! - offsets[index - 1]!);
    if (index % BLOCK === 0) yield;
  }
}

function* writeBytes(writer: ByteWriter, bytes: Uint8Array): Steps<void> {
  const piece = 1 << 20;
  for (let start = 0; start < bytes.length; start += piece) {
    writer.bytes(bytes.subarray(start, start + piece));
    yield;
  }
}

function* readOffsets(reader: ByteReader, count: number): Steps<Uint32Array> {
  const offsets = new Uint32Array(count + 1);
  for (let index = 0; index < count; index++) {
    offsets[index + 1] = offsets[index]! + reader.varint();
    if (index % BLOCK === 0) yield;
  }
  return offsets;
}

function* readNumbers(reader: ByteReader, count: number): Steps<Uint32Array> {
  const numbers = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    numbers[index] = reader.varint();
    if (index % BLOCK === 0) yield;
  }
  return numbers;
}
