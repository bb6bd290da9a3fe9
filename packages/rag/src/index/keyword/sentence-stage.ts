import { asksForNumber } from "../../language/asks-for-number.ts";
import type { KeywordHit } from "./keyword-searcher.ts";
import type { SegmentScorer, WeighedGroup } from "./segment-scorer.ts";
import type { TokenMatcher } from "./token-matcher.ts";

/** What sentences add to a score that is 1 for the best of the first stage. */
const weights = { sentence: 0.6, neighbours: 0.6, concise: 0.6, number: 0.4 };
/** How much of a sentence's length counts against it in `concise`, as b does in BM25. */
const lengthNorm = 0.3;

/**
 * Orders candidates anew by what stands together: score = s ÷ s_max + 0.6 S1 + 0.6 S2 + 0.6 S3 + 0.4 S4. S1 is the
 * share of the question's idf mass in the entry's best sentence, S2 the same over its best two neighbouring sentences,
 * S3 as S1 with each sentence's share divided by 0.7 + 0.3 · length ÷ the candidates' mean, so that a long sentence
 * does not win by having more of everything. S4, for questions that a number answers, is the share in the best
 * sentence with a number that the question does not have.
 */
export function rescoreBySentences(
  scorers: readonly SegmentScorer[],
  candidates: readonly KeywordHit[],
  groups: readonly WeighedGroup[],
  question: string,
): KeywordHit[] {
  const mass = groups.reduce((sum, { idf, weight }) => sum + idf * weight, 0);
  const top = candidates[0]?.score ?? 0;
  if (mass === 0 || top === 0) return [...candidates];
  const evidence = readEvidence(scorers, candidates, groups);
  const sentences = evidence.flatMap(({ sentences }) => sentences);
  const meanLength = sentences.reduce((sum, { length }) => sum + length, 0) / sentences.length || 1;
  const wantsNumber = asksForNumber(question);
  return evidence
    .map(({ hit, sentences, neighbours }) => {
      let sentence = 0;
      let concise = 0;
      let number = 0;
      for (const { mass, length, hasNumber } of sentences) {
        sentence = Math.max(sentence, mass);
        concise = Math.max(concise, mass / (1 - lengthNorm + (lengthNorm * length) / meanLength));
        if (hasNumber && wantsNumber) number = Math.max(number, mass);
      }
      const share =
        weights.sentence * sentence +
        weights.neighbours * neighbours +
        weights.concise * concise +
        weights.number * number;
      return { ...hit, score: hit.score / top + share / mass };
    })
    .sort((one, other) => other.score - one.score || one.view - other.view || one.entry - other.entry);
}

function readEvidence(
  scorers: readonly SegmentScorer[],
  candidates: readonly KeywordHit[],
  groups: readonly WeighedGroup[],
): Evidence[] {
  const evidence: Evidence[] = [];
  for (const view of new Set(candidates.map((candidate) => candidate.view))) {
    const matcher = scorers[view]!.matcher();
    const mass = new SentenceMass(matcher, groups);
    for (const hit of candidates) if (hit.view === view) evidence.push({ hit, ...mass.read(hit.entry) });
    matcher.release();
  }
  return evidence;
}

/** What an entry's sentences hold of the question. */
interface SentenceEvidence {
  readonly sentences: readonly {
    /** Of the question's idf mass. */
    readonly mass: number;
    /** Characters and words. */
    readonly length: number;
    /** It has a number that the question does not have. */
    readonly hasNumber: boolean;
  }[];
  /** Mass of the best two neighbouring sentences. */
  readonly neighbours: number;
}

interface Evidence extends SentenceEvidence {
  readonly hit: KeywordHit;
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

  read(entry: number): SentenceEvidence {
    const lastSeen = this.#lastSeen.fill(-2);
    const masses = this.#masses;
    const sentences: { mass: number; length: number; hasNumber: boolean }[] = [];
    let neighbours = 0;
    /** Mass of this sentence, of the one before, and of what this one has and the one before has not. */
    let mass = 0;
    let previous = 0;
    let added = 0;
    this.#matcher.read(entry, {
      found: (term) => {
        const current = sentences.length;
        const seen = lastSeen[term]!;
        if (seen === current) return;
        lastSeen[term] = current;
        mass += masses[term]!;
        if (seen !== current - 1) added += masses[term]!;
      },
      endSentence: (length, hasNumber) => {
        const current = sentences.length;
        neighbours = Math.max(neighbours, previous + added + this.#pooledMassSince(current - 1));
        sentences.push({ mass: mass + this.#pooledMassSince(current), length, hasNumber });
        previous = mass;
        mass = 0;
        added = 0;
      },
    });
    return { sentences, neighbours };
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
