import type { QueryGroup, QueryMember } from "./query.ts";
import type { KeywordSegment } from "./segment.ts";

/** Entries with a term frequency, which may be a weighted sum. */
type Frequencies = Map<number, number>;

/** Adds the BM25 share of a group whose term frequency is pooled over its members. */
export function addPooledScores(
  segment: KeywordSegment,
  group: QueryGroup,
  boost: number,
  norms: Float32Array,
  scores: Float64Array,
): void {
  const pooled: Frequencies = new Map();
  for (const member of group.members) {
    for (const [entry, frequency] of memberFrequencies(segment, member)) {
      pooled.set(entry, (pooled.get(entry) ?? 0) + member.weight * frequency);
    }
  }
  for (const [entry, frequency] of pooled) {
    scores[entry]! += (boost * frequency) / (frequency + norms[entry]!);
  }
}

/** Entries that have all terms of a member, each as often as its rarest term there. */
function memberFrequencies(segment: KeywordSegment, member: QueryMember): Frequencies {
  const ids = member.terms.map(({ field, term }) => segment.termId(field, term));
  if (ids.length === 0 || ids.includes(-1)) return new Map();
  ids.sort((one, other) => segment.documentFrequency(one) - segment.documentFrequency(other));
  let found = termFrequencies(segment, ids[0]!);
  for (const id of ids.slice(1)) {
    const others = termFrequencies(segment, id);
    found = new Map(
      [...found].flatMap(([entry, frequency]): [number, number][] => {
        const other = others.get(entry);
        return other === undefined ? [] : [[entry, Math.min(frequency, other)]];
      }),
    );
  }
  return found;
}

function termFrequencies(segment: KeywordSegment, termId: number): Frequencies {
  const count = segment.documentFrequency(termId);
  const entries = new Uint32Array(count);
  const frequencies = new Uint32Array(count);
  segment.readPostings(termId, entries, frequencies);
  return new Map(Array.from(entries, (entry, index) => [entry, frequencies[index]!]));
}
