import type { QueryTerm } from "../chunk-index.ts";
import { tolerance } from "./near-words.ts";
import type { QueryGroup, QueryMember } from "./query.ts";
import { fieldWeights, type WeighedGroup } from "./segment-scorer.ts";

/** What weighing needs to know of the entries that are searched: all of them, or those of one language. */
export interface WeighingCorpus {
  readonly entries: number;
  /** Entries that have a member's term; for a member of several terms, those of its rarest. */
  documentFrequency(member: QueryMember): number;
  /** Words of the corpus that a word which is nowhere may be a misspelling of. */
  nearWords(word: string): readonly string[];
}

/** Gives each group its idf, ln(1 + (N − n + 0.5) / (n + 0.5)), and its weight; drops spellings that are nowhere. */
export function weighGroups(groups: readonly QueryGroup[], corpus: WeighingCorpus): WeighedGroup[] {
  const weighed: WeighedGroup[] = [];
  for (const original of groups) {
    let group = original;
    let frequency = frequencyOf(group, corpus);
    if (frequency === 0) {
      if (group.optional) continue;
      group = withNearWords(group, corpus);
      frequency = frequencyOf(group, corpus);
    }
    frequency = Math.min(frequency, corpus.entries);
    // Engines differ in the last bits of a logarithm; as single precision they agree, and so do scores everywhere.
    const idf = Math.fround(Math.log(1 + (corpus.entries - frequency + 0.5) / (frequency + 0.5)));
    weighed.push({ group, idf, weight: group.weight * fieldWeights[group.field] });
  }
  return weighed;
}

/** The weighed question as a search gives it back. */
export function describeTerms(weighed: readonly WeighedGroup[]): QueryTerm[] {
  return weighed.map(({ group, idf, weight }) => ({
    field: group.field,
    term: group.term,
    weight: group.question ? 0 : weight,
    idf,
  }));
}

/** True for a group whose term may be misspelt, should it be nowhere. */
export function mayBeMisspelt({ field, term, optional }: QueryGroup): boolean {
  return field === "word" && !optional && tolerance(term) > 0;
}

function frequencyOf({ members }: QueryGroup, corpus: WeighingCorpus): number {
  return members.reduce((sum, member) => sum + member.weight * corpus.documentFrequency(member), 0);
}

/** A word that occurs nowhere is taken for a misspelling of those nearest to it. */
function withNearWords(group: QueryGroup, corpus: WeighingCorpus): QueryGroup {
  if (!mayBeMisspelt(group)) return group;
  const near = corpus.nearWords(group.term);
  if (near.length === 0) return group;
  const members = near.map((term) => ({ terms: [{ field: group.field, term }], weight: 1 / near.length }));
  return { ...group, members };
}
