import type { TermField } from "../../language/terms.ts";
import type { CorpusCounts } from "./corpus-statistics.ts";
import type { QueryGroup, QueryMember } from "./query.ts";
import { fieldOrder, type KeywordSegment } from "./segment.ts";

/** A group with what the corpus makes of it. */
export interface WeighedGroup {
  readonly group: QueryGroup;
  readonly idf: number;
  /** Group weight × field weight. */
  readonly weight: number;
}

export const fieldWeights: Readonly<Record<TermField, number>> = { char: 1.2, bigram: 1, word: 3 };

const k1 = 0.9;
const b = 0.75;

/** The most that a query can score: every term in plenty in one entry. */
export function bestScore(groups: readonly WeighedGroup[]): number {
  return groups.reduce((sum, { idf, weight }) => sum + weight * idf * (k1 + 1), 0);
}

/** Scores every entry of a segment that has a term of the query and hands the scores on, entries ascending. */
export function scoreGroups(
  segment: KeywordSegment,
  groups: readonly WeighedGroup[],
  counts: CorpusCounts,
  visit: (entry: number, score: number) => void,
): void {
  const { scores, frequencies } = scratchFor(segment.entries);
  const { lengths } = segment;
  let found = false;
  for (const { group, idf, weight } of groups) {
    const field = fieldOrder.indexOf(group.field);
    const mean = counts.entries === 0 ? 1 : counts.lengths[field]! / counts.entries || 1;
    const boost = weight * idf * (k1 + 1);
    const base = k1 * (1 - b);
    const slope = (k1 * b) / mean;
    const list = readGroup(segment, group, frequencies);
    for (let index = 0; index < list.count; index++) {
      const entry = list.entries[index]!;
      const frequency = list.values[index]!;
      scores[entry]! += (boost * frequency) / (frequency + base + slope * lengths[entry * 3 + field]!);
    }
    found ||= list.count > 0;
  }
  if (!found) return;
  for (let entry = 0; entry < segment.entries; entry++) {
    const score = scores[entry]!;
    if (score === 0) continue;
    scores[entry] = 0;
    visit(entry, score);
  }
}

interface FrequencyList {
  readonly count: number;
  readonly entries: Uint32Array;
  readonly values: ArrayLike<number>;
}

/** Buffers for the segment being scored. A search runs to its end without a pause, so that all can share them. */
interface Scratch {
  size: number;
  scores: Float64Array;
  frequencies: Float64Array;
  entries: Uint32Array;
  values: Uint32Array;
  otherEntries: Uint32Array;
  otherValues: Uint32Array;
}

let scratch: Scratch | undefined;

function scratchFor(size: number): Scratch {
  if (scratch === undefined || scratch.size < size) {
    const room = Math.max(1024, Math.ceil(size * 1.25));
    scratch = {
      size: room,
      scores: new Float64Array(room),
      frequencies: new Float64Array(room),
      entries: new Uint32Array(room),
      values: new Uint32Array(room),
      otherEntries: new Uint32Array(room),
      otherValues: new Uint32Array(room),
    };
  }
  return scratch;
}

function readGroup(segment: KeywordSegment, group: QueryGroup, frequencies: Float64Array): FrequencyList {
  const { entries, values } = scratch!;
  const [first] = group.members;
  if (group.members.length === 1 && first!.weight === 1) {
    return { count: readMember(segment, first!), entries, values };
  }
  const pooled = new Set<number>();
  for (const member of group.members) {
    const count = readMember(segment, member);
    for (let index = 0; index < count; index++) {
      pooled.add(entries[index]!);
      frequencies[entries[index]!]! += member.weight * values[index]!;
    }
  }
  const found = Uint32Array.from(pooled);
  const sums = Float64Array.from(found, (entry) => frequencies[entry]!);
  for (const entry of found) frequencies[entry] = 0;
  return { count: found.length, entries: found, values: sums };
}

/** Entries that have all terms of a member, each as often as its rarest term there; left in the scratch buffers. */
function readMember(segment: KeywordSegment, member: QueryMember): number {
  const { entries, values, otherEntries, otherValues } = scratch!;
  const ids = member.terms.map(({ field, term }) => segment.termId(field, term));
  if (ids.length === 0 || ids.includes(-1)) return 0;
  ids.sort((one, other) => segment.documentFrequency(one) - segment.documentFrequency(other));
  let count = segment.readPostings(ids[0]!, entries, values);
  for (const id of ids.slice(1)) {
    const others = segment.readPostings(id, otherEntries, otherValues);
    let kept = 0;
    for (let index = 0, other = 0; index < count; index++) {
      while (other < others && otherEntries[other]! < entries[index]!) other++;
      if (other === others) break;
      if (otherEntries[other] !== entries[index]) continue;
      entries[kept] = entries[index]!;
      values[kept++] = Math.min(values[index]!, otherValues[other]!);
    }
    count = kept;
  }
  return count;
}
