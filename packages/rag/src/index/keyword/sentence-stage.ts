import type { SegmentView } from "./build-segment.ts";
import type { KeywordHit } from "./keyword-searcher.ts";
import type { QueryMember } from "./query.ts";
import type { WeighedGroup } from "./score-groups.ts";
import type { KeywordSegment } from "./segment.ts";

/** What the best sentence and the best two neighbours add to a score that is 1 for the best of the first stage. */
const sentenceWeight = 0.6;
const neighboursWeight = 0.3;

/**
 * Orders candidates anew by what stands together: score = s ÷ s_max + 0.6 S1 + 0.3 S2, where S1 is the share of the
 * question's idf mass in the entry's best sentence and S2 the same over its best two neighbouring sentences.
 */
export function rescoreBySentences(
  views: readonly SegmentView[],
  candidates: readonly KeywordHit[],
  groups: readonly WeighedGroup[],
): KeywordHit[] {
  const mass = groups.reduce((sum, { idf, weight }) => sum + idf * weight, 0);
  const top = candidates[0]?.score ?? 0;
  if (mass === 0 || top === 0) return [...candidates];
  const matchers = new Map<number, SentenceMatcher>();
  return candidates
    .map((candidate) => {
      let matcher = matchers.get(candidate.view);
      if (matcher === undefined) {
        matcher = new SentenceMatcher(views[candidate.view]!.segment, groups);
        matchers.set(candidate.view, matcher);
      }
      const { sentence, neighbours } = matcher.bestMass(candidate.entry);
      const share = (sentenceWeight * sentence + neighboursWeight * neighbours) / mass;
      return { ...candidate, score: candidate.score / top + share };
    })
    .sort((one, other) => other.score - one.score);
}

interface MatchedMember {
  readonly terms: readonly number[];
  readonly weight: number;
}

/** Finds the terms of one question in the token streams of one segment. */
class SentenceMatcher {
  readonly #segment: KeywordSegment;
  /** Term number of a character or word code that the question has; −1 for a character only in its bigrams. */
  readonly #codes = new Map<number, number>();
  /** Term number of a bigram by its two codes. */
  readonly #bigrams = new Map<number, number>();
  readonly #groups: { readonly mass: number; readonly members: readonly MatchedMember[] }[] = [];
  /** Sentence in which each term was last seen. */
  readonly #lastSeen: Int32Array;
  readonly #tokens: number[] = [];

  constructor(segment: KeywordSegment, groups: readonly WeighedGroup[]) {
    this.#segment = segment;
    let terms = 0;
    for (const { group, idf, weight } of groups) {
      const members = group.members.flatMap((member) => this.#register(member, () => terms++) ?? []);
      if (members.length > 0) this.#groups.push({ mass: idf * weight, members });
    }
    this.#lastSeen = new Int32Array(terms);
  }

  bestMass(entry: number): { sentence: number; neighbours: number } {
    const lastSeen = this.#lastSeen.fill(-2);
    const count = this.#segment.readTokens(entry, this.#tokens);
    let best = 0;
    let bestNeighbours = 0;
    let sentence = 0;
    let previous = -1;
    let matched = false;
    for (let index = 0; index < count; index++) {
      const code = this.#tokens[index]!;
      if (code === 0) {
        if (matched) {
          best = Math.max(best, this.#massSince(sentence));
          bestNeighbours = Math.max(bestNeighbours, this.#massSince(sentence - 1));
        }
        sentence++;
        previous = -1;
        matched = false;
        continue;
      }
      const term = this.#codes.get(code);
      if (term === undefined) {
        previous = -1;
        continue;
      }
      if (term >= 0) lastSeen[term] = sentence;
      if (previous >= 0) {
        const bigram = this.#bigrams.get(pairKey(previous, code));
        if (bigram !== undefined) lastSeen[bigram] = sentence;
      }
      matched = true;
      previous = code & 1 ? -1 : code;
    }
    return { sentence: best, neighbours: bestNeighbours };
  }

  /** Mass of the groups seen in sentence `first` or later. */
  #massSince(first: number): number {
    let sum = 0;
    for (const { mass, members } of this.#groups) {
      let presence = 0;
      for (const { terms, weight } of members) {
        if (weight > presence && terms.every((term) => this.#lastSeen[term]! >= first)) presence = weight;
      }
      sum += mass * presence;
    }
    return sum;
  }

  #register(member: QueryMember, next: () => number): MatchedMember | undefined {
    const terms: number[] = [];
    for (const { field, term } of member.terms) {
      if (this.#segment.termId(field, term) < 0) return undefined;
      terms.push(field === "bigram" ? this.#bigramTerm(term, next) : this.#codeTerm(field, term, next));
    }
    return { terms, weight: member.weight };
  }

  #codeTerm(field: "char" | "word", term: string, next: () => number): number {
    const code =
      field === "char"
        ? this.#characterCode(term)
        : 3 + 2 * (this.#segment.termId("word", term) - this.#segment.wordTermId(0));
    const known = this.#codes.get(code) ?? -1;
    if (known >= 0) return known;
    const number = next();
    this.#codes.set(code, number);
    return number;
  }

  #bigramTerm(bigram: string, next: () => number): number {
    const [first, second] = [...bigram].map((character) => this.#characterCode(character));
    for (const code of [first!, second!]) if (!this.#codes.has(code)) this.#codes.set(code, -1);
    const key = pairKey(first!, second!);
    const known = this.#bigrams.get(key);
    if (known !== undefined) return known;
    const number = next();
    this.#bigrams.set(key, number);
    return number;
  }

  #characterCode(character: string): number {
    return 2 + 2 * this.#segment.characterId(character.codePointAt(0)!);
  }
}

function pairKey(first: number, second: number): number {
  return first * 2 ** 24 + second;
}
