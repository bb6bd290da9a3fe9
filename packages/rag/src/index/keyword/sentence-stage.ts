import type { KeywordHit } from "./keyword-searcher.ts";
import type { SegmentScorer, WeighedGroup } from "./segment-scorer.ts";
import type { TokenMatcher } from "./token-matcher.ts";

/** What the best sentence and the best two neighbours add to a score that is 1 for the best of the first stage. */
const sentenceWeight = 0.6;
const neighboursWeight = 0.6;

/**
 * Orders candidates anew by what stands together: score = s ÷ s_max + 0.6 S1 + 0.6 S2, where S1 is the share of the
 * question's idf mass in the entry's best sentence and S2 the same over its best two neighbouring sentences.
 */
export function rescoreBySentences(
  scorers: readonly SegmentScorer[],
  candidates: readonly KeywordHit[],
  groups: readonly WeighedGroup[],
): KeywordHit[] {
  const mass = groups.reduce((sum, { idf, weight }) => sum + idf * weight, 0);
  const top = candidates[0]?.score ?? 0;
  if (mass === 0 || top === 0) return [...candidates];
  const rescored: KeywordHit[] = [];
  for (const view of new Set(candidates.map((candidate) => candidate.view))) {
    const matcher = scorers[view]!.matcher();
    const sentences = new SentenceMass(matcher, groups);
    for (const candidate of candidates) {
      if (candidate.view !== view) continue;
      const { sentence, neighbours } = sentences.best(candidate.entry);
      const share = (sentenceWeight * sentence + neighboursWeight * neighbours) / mass;
      rescored.push({ ...candidate, score: candidate.score / top + share });
    }
    matcher.release();
  }
  return rescored.sort(
    (one, other) => other.score - one.score || one.view - other.view || one.entry - other.entry,
  );
}

/** Finds how much of a question's idf mass the sentences of an entry hold. */
class SentenceMass {
  readonly #matcher: TokenMatcher;
  /** Mass of the groups that are one term each, by term. */
  readonly #masses: number[] = [];
  /** Groups of several members: present as much as the best member that is wholly there. */
  readonly #pooled: PooledGroup[] = [];
  /** Sentence in which each term was last seen. */
  readonly #lastSeen: Int32Array;

  constructor(matcher: TokenMatcher, groups: readonly WeighedGroup[]) {
    this.#matcher = matcher;
    for (const { group, idf, weight } of groups) {
      const members = group.members
        .map((member) => ({
          terms: member.terms.map((term) => matcher.register(term)),
          weight: member.weight,
        }))
        .filter(({ terms }) => !terms.includes(-1));
      const [first] = members;
      if (first === undefined) continue;
      if (members.length === 1 && first.weight === 1 && first.terms.length === 1) {
        const term = first.terms[0]!;
        this.#masses[term] = (this.#masses[term] ?? 0) + idf * weight;
      } else this.#pooled.push({ mass: idf * weight, members });
    }
    this.#lastSeen = new Int32Array(matcher.terms);
    for (let term = 0; term < matcher.terms; term++) this.#masses[term] ??= 0;
  }

  best(entry: number): { sentence: number; neighbours: number } {
    const lastSeen = this.#lastSeen.fill(-2);
    const masses = this.#masses;
    const best = { sentence: 0, neighbours: 0 };
    let current = 0;
    /** Mass of this sentence, of the one before, and of what this one has and the one before has not. */
    let mass = 0;
    let previous = 0;
    let added = 0;
    this.#matcher.read(
      entry,
      (term) => {
        const seen = lastSeen[term]!;
        if (seen === current) return;
        lastSeen[term] = current;
        mass += masses[term]!;
        if (seen !== current - 1) added += masses[term]!;
      },
      () => {
        best.sentence = Math.max(best.sentence, mass + this.#pooledMassSince(current));
        best.neighbours = Math.max(best.neighbours, previous + added + this.#pooledMassSince(current - 1));
        previous = mass;
        mass = 0;
        added = 0;
        current++;
      },
    );
    return best;
  }

  /** Mass of the pooled groups seen in sentence `first` or later. */
  #pooledMassSince(first: number): number {
    let sum = 0;
    for (const { mass, members } of this.#pooled) {
      let presence = 0;
      for (const { terms, weight } of members) {
        if (weight > presence && terms.every((term) => this.#lastSeen[term]! >= first)) presence = weight;
      }
      sum += mass * presence;
    }
    return sum;
  }
}

interface PooledGroup {
  readonly mass: number;
  readonly members: readonly { readonly terms: readonly number[]; readonly weight: number }[];
}
