import type { QueryGroup, QueryMember } from "./query.ts";
import type { KeywordSegment } from "./segment.ts";

/** Entries in ascending order with their term frequencies. */
interface Postings {
  readonly entries: Uint32Array;
  readonly frequencies: Uint32Array;
}

/** Adds the BM25 share of a group whose term frequency is pooled over its members. */
export function addPooledScores(
  segment: KeywordSegment,
  group: QueryGroup,
  boost: number,
  norms: Float32Array,
  scores: Float64Array,
): void {
  const pooled = zerosFor(segment.entries);
  let last = -1;
  for (const member of group.members) {
    const { entries, frequencies } = memberPostings(segment, member);
    for (let index = 0; index < entries.length; index++)
      pooled[entries[index]!]! += member.weight * frequencies[index]!;
    last = Math.max(last, entries.at(-1) ?? -1);
  }
  for (let entry = 0; entry <= last; entry++) {
    const frequency = pooled[entry]!;
    if (frequency === 0) continue;
    scores[entry]! += (boost * frequency) / (frequency + norms[entry]!);
    pooled[entry] = 0;
  }
}

/** Entries that have all terms of a member, each as often as its rarest term there. */
function memberPostings(segment: KeywordSegment, member: QueryMember): Postings {
  const ids = member.terms.map(({ field, term }) => segment.termId(field, term));
  if (ids.length === 0 || ids.includes(-1)) return none;
  ids.sort((one, other) => segment.documentFrequency(one) - segment.documentFrequency(other));
  let found = postingsOf(segment, ids[0]!);
  for (const id of ids.slice(1)) found = intersect(found, postingsOf(segment, id));
  return found;
}

function postingsOf(segment: KeywordSegment, termId: number): Postings {
  const count = segment.documentFrequency(termId);
  const entries = new Uint32Array(count);
  const frequencies = new Uint32Array(count);
  segment.readPostings(termId, entries, frequencies);
  return { entries, frequencies };
}

function intersect(one: Postings, other: Postings): Postings {
  const entries = new Uint32Array(one.entries.length);
  const frequencies = new Uint32Array(one.entries.length);
  let count = 0;
  let place = 0;
  for (let index = 0; index < one.entries.length; index++) {
    const entry = one.entries[index]!;
    while (place < other.entries.length && other.entries[place]! < entry) place++;
    if (place === other.entries.length) break;
    if (other.entries[place] !== entry) continue;
    entries[count] = entry;
    frequencies[count++] = Math.min(one.frequencies[index]!, other.frequencies[place]!);
  }
  return { entries: entries.subarray(0, count), frequencies: frequencies.subarray(0, count) };
}

const none: Postings = { entries: new Uint32Array(0), frequencies: new Uint32Array(0) };

/** Zeros between two groups. A group is scored without a pause, so that all can share them. */
let zeros = new Float64Array(1024);

function zerosFor(entries: number): Float64Array {
  if (zeros.length < entries) zeros = new Float64Array(Math.ceil(entries * 1.25));
  return zeros;
}
