import type { Language } from "../../language/detect-language.ts";
import type { TermField } from "../../language/terms.ts";
import { BestScores } from "./best-scores.ts";
import type { SegmentView } from "./build-segment.ts";
import type { CorpusCounts } from "./corpus-statistics.ts";
import { DenseLists } from "./dense-lists.ts";
import { addPooledScores } from "./pooled-frequencies.ts";
import type { QueryGroup } from "./query.ts";
import { fieldOrder, type KeywordSegment } from "./segment.ts";
import { TokenMatcher } from "./token-matcher.ts";

/** A group with what the corpus makes of it. */
export interface WeighedGroup {
  readonly group: QueryGroup;
  readonly idf: number;
  /** Group weight × field weight. */
  readonly weight: number;
}

export const fieldWeights: Readonly<Record<TermField, number>> = { char: 1.2, bigram: 1, word: 3 };

export const k1 = 0.9;
export const b = 0.75;

/** Entries can be looked up, and dropped one after the other, in the time in which one posting is added up. */
const worthLookingUp = 3;
/** Keeps a bound that is reached exactly above what rounding makes of the sum. */
const rounding = 1 + 1e-9;
/** Share of the best score that is worth a first look: the best entries seldom have more in the short lists. */
const firstTry = 0.5;
/** Below this many postings looking for a shortcut costs more than it saves. */
const smallRest = 4000;

/** The most that a query can score: every term in plenty in one entry. */
export function bestScore(groups: readonly WeighedGroup[]): number {
  return groups.reduce((sum, { idf, weight }) => sum + boostOf(idf, weight), 0);
}

export interface ScoringTask {
  readonly groups: readonly WeighedGroup[];
  readonly counts: CorpusCounts;
  /** Whose statistics `counts` are. */
  readonly language?: Language | undefined;
  readonly accept: (entry: number) => boolean;
  /** Offers an entry; only scores above `threshold()` are of use. */
  readonly offer: (entry: number, score: number) => void;
  readonly threshold: () => number;
  /** How many entries are wanted. */
  readonly limit: number;
}

/** A list of postings still to be added up. */
interface PendingTerm {
  readonly termId: number;
  readonly count: number;
  readonly boost: number;
  /** The most that it can add to an entry. */
  readonly most: number;
  readonly norms: Float32Array;
}

interface FieldNorms {
  /** k1 (1 − b + b · length ÷ mean length) of every entry. */
  readonly values: Float32Array;
  readonly least: number;
}

/**
 * Scores one segment. Short posting lists come first; once the entries that can still reach the best are few, what the
 * long lists would add to them is looked up entry by entry instead (the idea of MaxScore: Turtle & Flood, IP&M 1995).
 * The result is the same as adding up every list.
 */
export class SegmentScorer {
  readonly #segment: KeywordSegment;
  readonly #slots: Int32Array;
  readonly #dense: DenseLists;
  readonly #norms = new Map<string, readonly FieldNorms[]>();

  constructor({ segment }: SegmentView) {
    this.#segment = segment;
    const kept = keptFor(segment);
    this.#slots = kept.slots;
    this.#dense = kept.dense;
  }

  /** Recognises terms in this segment's tokens; to be released before the next one is made. */
  matcher(): TokenMatcher {
    return new TokenMatcher(this.#segment, this.#slots);
  }

  score(task: ScoringTask): void {
    const scores = scoresFor(this.#segment.entries);
    try {
      const pending = this.#startScores(task, scores);
      const candidates = this.#addLists(pending, scores, task);
      const count = candidates?.length ?? this.#segment.entries;
      let threshold = Math.max(0, task.threshold());
      for (let index = 0; index < count; index++) {
        const entry = candidates === undefined ? index : candidates[index]!;
        const score = scores[entry]!;
        if (score <= threshold || !task.accept(entry)) continue;
        task.offer(entry, score);
        threshold = Math.max(0, task.threshold());
      }
    } finally {
      scores.fill(0, 0, this.#segment.entries);
    }
  }

  /** Scores pooled groups at once and gives back the posting lists of the others, short ones first. */
  #startScores(task: ScoringTask, scores: Float64Array): PendingTerm[] {
    const norms = this.#normsFor(task);
    const pending: PendingTerm[] = [];
    for (const { group, idf, weight } of task.groups) {
      const boost = boostOf(idf, weight);
      const fieldNorms = norms[fieldOrder.indexOf(group.field)]!;
      const [member] = group.members;
      if (group.members.length !== 1 || member!.weight !== 1 || member!.terms.length !== 1) {
        addPooledScores(this.#segment, group, boost, fieldNorms.values, scores);
        continue;
      }
      const term = member!.terms[0]!;
      const termId = this.#segment.termId(term.field, term.term);
      if (termId < 0) continue;
      const count = this.#segment.documentFrequency(termId);
      const frequency = this.#dense.largestFrequency(termId) ?? Number.POSITIVE_INFINITY;
      const least = fieldNorms.least;
      const most = frequency === Number.POSITIVE_INFINITY ? boost : (boost * frequency) / (frequency + least);
      pending.push({ termId, count, boost, most, norms: fieldNorms.values });
    }
    return pending.sort((one, other) => one.count - other.count || other.boost - one.boost);
  }

  /** Adds up the lists, or some of them and the rest for the candidates that it then gives back. */
  #addLists(pending: readonly PendingTerm[], scores: Float64Array, task: ScoringTask): number[] | undefined {
    let rest = pending.reduce((sum, { count }) => sum + count, 0);
    let bound = pending.reduce((sum, { most }) => sum + most, 0) * rounding;
    let nextTry = bound * firstTry;
    for (let index = 0; index < pending.length; index++) {
      const { termId, boost, norms, count, most } = pending[index]!;
      if (rest > smallRest && rest > this.#segment.entries / 2 && bound < nextTry) {
        const floor = this.#floor(scores, task);
        if (floor > bound) {
          const worth = (rest / (pending.length - index)) * worthLookingUp;
          const candidates = this.#candidates(scores, floor - bound, worth);
          if (candidates !== undefined) {
            return this.#lookUpAll(pending.slice(index), candidates, scores, floor, bound);
          }
        }
        // The floor rises as the bound falls: look again when they may have met, or when the bound halved.
        nextTry = floor > bound ? bound / 2 : floor * 0.8;
      }
      this.#segment.addScores(termId, boost, norms, scores);
      rest -= count;
      bound -= most;
    }
    return undefined;
  }

  /** What the best entries wanted have by now; the rest can only add to it. */
  #floor(scores: Float64Array, task: ScoringTask): number {
    const best = new BestScores(task.limit);
    let threshold = 0;
    for (let entry = 0; entry < this.#segment.entries; entry++) {
      const score = scores[entry]!;
      if (score <= threshold || !task.accept(entry)) continue;
      best.add(score);
      threshold = Math.max(0, best.threshold);
    }
    return Math.max(threshold, task.threshold());
  }

  /** Entries above a score; `undefined` when they are more than `most`. */
  #candidates(scores: Float64Array, above: number, most: number): number[] | undefined {
    const candidates: number[] = [];
    for (let entry = 0; entry < this.#segment.entries; entry++) {
      if (scores[entry]! <= above) continue;
      if (candidates.length >= most) return undefined;
      candidates.push(entry);
    }
    return candidates;
  }

  /** Adds the terms' shares to the candidates alone and gives back those that can still be among the best. */
  #lookUpAll(
    pending: readonly PendingTerm[],
    candidates: number[],
    scores: Float64Array,
    floor: number,
    bound: number,
  ): number[] {
    let left = candidates.length;
    let rest = bound;
    for (const { termId, boost, norms, most } of pending) {
      rest -= most;
      const frequencies = this.#dense.get(termId);
      let kept = 0;
      for (let index = 0; index < left; index++) {
        const entry = candidates[index]!;
        const frequency = frequencies.get(entry);
        if (frequency > 0) scores[entry]! += (boost * frequency) / (frequency + norms[entry]!);
        if (scores[entry]! + rest > floor) candidates[kept++] = entry;
      }
      left = kept;
    }
    candidates.length = left;
    return candidates;
  }

  /** By field. */
  #normsFor({ counts, language }: ScoringTask): readonly FieldNorms[] {
    const key = language ?? "all";
    let norms = this.#norms.get(key);
    if (norms === undefined) {
      const { entries, lengths } = this.#segment;
      norms = fieldOrder.map((_, field) => {
        const mean = counts.entries === 0 ? 1 : counts.lengths[field]! / counts.entries || 1;
        const values = new Float32Array(entries);
        let least = Number.POSITIVE_INFINITY;
        for (let entry = 0; entry < entries; entry++) {
          values[entry] = k1 * (1 - b + (b * lengths[entry * 3 + field]!) / mean);
          least = Math.min(least, values[entry]!);
        }
        return { values, least };
      });
      this.#norms.set(key, norms);
    }
    return norms;
  }
}

export function boostOf(idf: number, weight: number): number {
  return weight * idf * (k1 + 1);
}

/** Zeros between two searches. A search runs to its end without a pause, so that all can share them. */
let sharedScores = new Float64Array(1024);

function scoresFor(entries: number): Float64Array {
  if (sharedScores.length < entries) sharedScores = new Float64Array(Math.ceil(entries * 1.25));
  return sharedScores;
}

/** What belongs to a segment whatever is deleted from it, kept from one state of an index to the next. */
interface KeptForSegment {
  readonly slots: Int32Array;
  readonly dense: DenseLists;
}

const kept = new WeakMap<KeywordSegment, KeptForSegment>();

function keptFor(segment: KeywordSegment): KeptForSegment {
  let found = kept.get(segment);
  if (found === undefined) {
    found = { slots: new Int32Array(segment.tokenCodes), dense: new DenseLists(segment) };
    kept.set(segment, found);
  }
  return found;
}
