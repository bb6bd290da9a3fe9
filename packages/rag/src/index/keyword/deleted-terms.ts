import { type KeywordSegment, TokenBuffer } from "./segment.ts";
import { runSteps, type Steps } from "./steps.ts";

/** In how many of a segment's deleted entries each term occurs, by term id. */
export interface DeletedFrequencies {
  readonly zh: Uint32Array;
  readonly en: Uint32Array;
}

/** What was last worked out for a segment: its next state mostly has a few more deletions and no fewer. */
interface Counted {
  readonly deleted: ReadonlySet<number>;
  readonly size: number;
  /** A byte an entry, 1 for those that are counted: the set may have grown in place since. */
  readonly entries: Uint8Array;
  readonly frequencies: DeletedFrequencies;
}

const known = new WeakMap<KeywordSegment, Counted>();

export function deletedFrequencies(
  segment: KeywordSegment,
  deleted: ReadonlySet<number>,
): DeletedFrequencies | undefined {
  return runSteps(deletedTermSteps(segment, deleted));
}

/** Works the frequencies out with pauses, from those of the set before where it can; `undefined` for no deletions. */
export function* deletedTermSteps(
  segment: KeywordSegment,
  deleted: ReadonlySet<number>,
): Steps<DeletedFrequencies | undefined> {
  if (deleted.size === 0) return undefined;
  const before = known.get(segment);
  if (before?.deleted === deleted && before.size === deleted.size) return before.frequencies;
  let shared = 0;
  for (const entry of deleted) if (before?.entries[entry] === 1) shared++;
  const grown = before !== undefined && shared === before.size;
  const entries = grown ? before.entries.slice() : new Uint8Array(segment.entries);
  const frequencies = {
    zh: grown ? before.frequencies.zh.slice() : new Uint32Array(segment.terms),
    en: grown ? before.frequencies.en.slice() : new Uint32Array(segment.terms),
  };
  for (const entry of deleted) {
    if (entry >= segment.entries || entries[entry] === 1) continue;
    entries[entry] = 1;
    const target = frequencies[segment.language(entry)];
    for (const term of distinctTerms(segment, entry)) target[term]!++;
    yield;
  }
  known.set(segment, { deleted, size: deleted.size, entries, frequencies });
  return frequencies;
}

function distinctTerms(segment: KeywordSegment, entry: number): Set<number> {
  const codes = new TokenBuffer();
  const count = segment.readTokens(entry, codes);
  const terms = new Set<number>();
  let previous = -1;
  for (let index = 0; index < count; index++) {
    const code = codes.values[index]!;
    if (code < 2 || code & 1) {
      previous = -1;
      if (code >= 2) terms.add(segment.wordTermId((code - 3) / 2));
      continue;
    }
    const character = (code - 2) / 2;
    terms.add(character);
    if (previous >= 0) terms.add(segment.bigramTermId(previous, character));
    previous = character;
  }
  return terms;
}
