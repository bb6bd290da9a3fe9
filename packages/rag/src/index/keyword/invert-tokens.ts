import { BigramSorter } from "./bigram-sorter.ts";
import { ByteWriter } from "./bytes.ts";
import { GrowableUint32 } from "./growable.ts";
import { ListWriter } from "./list-writer.ts";
import { runningSums } from "./running-sums.ts";
import type { SegmentData } from "./segment-format.ts";
import { sortSteps } from "./sort-steps.ts";
import type { Steps } from "./steps.ts";

/** Entries as token codes over provisional ids. */
export interface CollectedTokens {
  /** Coded as in `tokenCode`; changed by inverting. */
  readonly codes: Uint32Array;
  /** Tokens of entry `i` are `[starts[i], starts[i + 1])`. */
  readonly starts: Uint32Array;
  /** Code points and words by provisional id. */
  readonly characters: readonly number[];
  readonly words: readonly string[];
  /** One bit per entry, set for `en`. */
  readonly languages: Uint8Array;
}

/** Entries, or tokens, worked on between two pauses. */
const ENTRY_BLOCK = 64;
const TOKEN_BLOCK = 1 << 14;

/**
 * Occurrences sorted at a time: a few megabytes, which stay in the processor's caches. Each batch reads all tokens
 * again, which costs less than sorting out of them.
 */
const BATCH = 1 << 20;

/**
 * Turns entries into posting lists by counting sorts over the tokens: no hash tables, and entries stay in order since
 * the sorts are stable. Frequent characters and words get the small ids, which makes their codes short; bigrams come in
 * the order of their two characters. A term in no entry gets no id.
 */
export function* invertTokens(tokens: CollectedTokens): Steps<SegmentData> {
  const { codes, starts, languages } = tokens;
  const entries = starts.length - 1;
  const counts = yield* countTokens(tokens);
  const characters = yield* rankTerms(
    counts.characterEntries,
    (one, other) => tokens.characters[one]! - tokens.characters[other]!,
  );
  const words = yield* rankTerms(counts.wordEntries, (one, other) =>
    tokens.words[one]! < tokens.words[other]! ? -1 : 1,
  );
  for (let at = 0; at < codes.length; at += TOKEN_BLOCK) {
    useRanks(codes.subarray(at, at + TOKEN_BLOCK), characters.ranks, words.ranks);
    yield;
  }

  const lists = new ListWriter(languages, Math.ceil(codes.length * 2.2) + 64);
  yield* writeTermLists(tokens, 0, permuted(counts.characterUses, characters.order), lists);
  const { bigramStarts, bigramSeconds } = yield* writeBigramLists(
    tokens,
    permuted(counts.bigramFirsts, characters.order),
    lists,
  );
  yield* writeTermLists(tokens, 1, permuted(counts.wordUses, words.order), lists);

  const streams = new ByteWriter(Math.ceil(codes.length * 1.6) + 64);
  const streamOffsets = new Uint32Array(entries + 1);
  for (let entry = 0; entry < entries; entry++) {
    streams.varints(codes, starts[entry]!, starts[entry + 1]!);
    streamOffsets[entry + 1] = streams.length;
    if (entry % ENTRY_BLOCK === 0) yield;
  }
  return {
    entries,
    languages,
    lengths: counts.lengths,
    streams: streams.finish(),
    streamOffsets,
    characters: Uint32Array.from(characters.order, (id) => tokens.characters[id]!),
    bigramStarts,
    bigramSeconds,
    words: Array.from(words.order, (id) => tokens.words[id]!),
    ...lists.finish(),
  };
}

/** How often everything occurs, and in how many entries, by provisional id. */
function* countTokens({ codes, starts, characters, words }: CollectedTokens) {
  const entries = starts.length - 1;
  const counts = {
    lengths: new Uint32Array(entries * 3),
    characterUses: new Uint32Array(characters.length),
    characterEntries: new Uint32Array(characters.length),
    wordUses: new Uint32Array(words.length),
    wordEntries: new Uint32Array(words.length),
    bigramFirsts: new Uint32Array(characters.length),
  };
  // Entry + 1 in which a term was last seen.
  const lastCharacter = new Uint32Array(characters.length);
  const lastWord = new Uint32Array(words.length);
  const countEntry = (entry: number): void => {
    let [characterCount, bigramCount, wordCount] = [0, 0, 0];
    let previous = -1;
    for (let at = starts[entry]!; at < starts[entry + 1]!; at++) {
      const code = codes[at]!;
      if (code < 2) {
        previous = -1;
      } else if (code & 1) {
        const id = (code - 3) >>> 1;
        wordCount++;
        counts.wordUses[id]!++;
        if (lastWord[id] !== entry + 1) counts.wordEntries[id]!++;
        lastWord[id] = entry + 1;
        previous = -1;
      } else {
        const id = (code - 2) >>> 1;
        characterCount++;
        counts.characterUses[id]!++;
        if (lastCharacter[id] !== entry + 1) counts.characterEntries[id]!++;
        lastCharacter[id] = entry + 1;
        if (previous >= 0) {
          bigramCount++;
          counts.bigramFirsts[previous]!++;
        }
        previous = id;
      }
    }
    counts.lengths[entry * 3] = characterCount;
    counts.lengths[entry * 3 + 1] = bigramCount;
    counts.lengths[entry * 3 + 2] = wordCount;
  };
  for (let entry = 0; entry < entries; entry++) {
    countEntry(entry);
    if (entry % ENTRY_BLOCK === 0) yield;
  }
  return counts;
}

/** Provisional ids in final order, the most frequent first, and the final rank of each provisional id. */
function* rankTerms(
  frequencies: Uint32Array,
  compare: (one: number, other: number) => number,
): Steps<{ order: Uint32Array; ranks: Uint32Array }> {
  const order = Uint32Array.from(frequencies, (_, id) => id).filter((id) => frequencies[id]! > 0);
  yield* sortSteps(order, (one, other) => frequencies[other]! - frequencies[one]! || compare(one, other));
  const ranks = new Uint32Array(frequencies.length);
  for (let rank = 0; rank < order.length; rank++) ranks[order[rank]!] = rank;
  return { order, ranks };
}

function useRanks(codes: Uint32Array, characterRanks: Uint32Array, wordRanks: Uint32Array): void {
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!;
    if (code < 2) continue;
    codes[at] = code & 1 ? 3 + 2 * wordRanks[(code - 3) >>> 1]! : 2 + 2 * characterRanks[(code - 2) >>> 1]!;
  }
}

/** Lists of all characters (`parity` 0) or words (1): the entries of every occurrence, sorted by term. */
function* writeTermLists(
  { codes, starts }: CollectedTokens,
  parity: 0 | 1,
  uses: Uint32Array,
  lists: ListWriter,
): Steps<void> {
  let occurrences = new Uint32Array(0);
  for (const [first, end] of batches(uses)) {
    const ends = runningSums(uses.subarray(first, end));
    const next = ends.slice();
    if (occurrences.length < ends.at(-1)!) occurrences = new Uint32Array(ends.at(-1)!);
    const place = (entry: number): void => {
      for (let at = starts[entry]!; at < starts[entry + 1]!; at++) {
        const code = codes[at]!;
        if (code < 2 || (code & 1) !== parity) continue;
        const term = (code - 2) >>> 1;
        if (term >= first && term < end) occurrences[next[term - first]!++] = entry;
      }
    };
    for (let entry = 0; entry + 1 < starts.length; entry++) {
      place(entry);
      if (entry % ENTRY_BLOCK === 0) yield;
    }
    for (let term = 0, written = 0; term < end - first; term++) {
      lists.write(occurrences, ends[term]!, ends[term + 1]!);
      written += uses[first + term]! + 8;
      if (written < TOKEN_BLOCK) continue;
      written = 0;
      yield;
    }
  }
}

/** Bigrams are sorted by second character, then, keeping that order, by first. */
function* writeBigramLists(tokens: CollectedTokens, firsts: Uint32Array, lists: ListWriter) {
  const characters = firsts.length;
  const bigramStarts = new Uint32Array(characters + 1);
  const bigramSeconds = new GrowableUint32(4096);
  const sorter = new BigramSorter(tokens, characters);
  const writeLists = (from: number, to: number): number => {
    const { seconds, entries } = sorter;
    let end = from;
    for (let count = 0; end < to && count < 256; count++) {
      const second = seconds[end]!;
      const start = end;
      while (end < to && seconds[end] === second) end++;
      lists.write(entries, start, end);
      bigramSeconds.push(second);
    }
    return end;
  };
  for (const [from, to] of batches(firsts)) {
    const ends = runningSums(firsts.subarray(from, to));
    yield* sorter.sort(from, to, ends);
    for (let first = from; first < to; first++) {
      for (let at = ends[first - from]!; at < ends[first - from + 1]!; ) {
        at = writeLists(at, ends[first - from + 1]!);
        yield;
      }
      bigramStarts[first + 1] = bigramSeconds.length;
    }
  }
  return { bigramStarts, bigramSeconds: bigramSeconds.view().slice() };
}

/** Ranges of terms with at most `BATCH` occurrences together, or one term. */
function batches(uses: Uint32Array): [first: number, end: number][] {
  const ranges: [number, number][] = [];
  let sum = 0;
  for (let term = 0; term < uses.length; term++) {
    sum += uses[term]!;
    const last = ranges.at(-1);
    if (last !== undefined && sum <= BATCH) last[1] = term + 1;
    else {
      ranges.push([term, term + 1]);
      sum = uses[term]!;
    }
  }
  return ranges;
}

function permuted(values: Uint32Array, order: Uint32Array): Uint32Array {
  return Uint32Array.from(order, (id) => values[id]!);
}
