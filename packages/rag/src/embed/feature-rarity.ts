import type { Lexicon } from "@zixue/lexicon";
import type { TermField } from "../language/terms.ts";

const known = new WeakMap<Lexicon, FeatureRarity>();

/** How rare terms are in the dictionary: what stands in for corpus statistics where there is no corpus. */
export class FeatureRarity {
  readonly #entries: Record<TermField, Map<string, number>> = {
    char: new Map(),
    bigram: new Map(),
    word: new Map(),
  };
  readonly #total: number;

  /** Counted once for each lexicon, which takes some tenths of a second. */
  static of(lexicon: Lexicon): FeatureRarity {
    const rarity = known.get(lexicon) ?? new FeatureRarity(lexicon);
    known.set(lexicon, rarity);
    return rarity;
  }

  private constructor(lexicon: Lexicon) {
    const { char, bigram, word } = this.#entries;
    let total = 0;
    for (const [headword, stems] of lexicon.entries()) {
      total++;
      const characters = Array.from(headword);
      for (const character of new Set(characters)) count(char, character);
      for (let index = 1; index < characters.length; index++)
        count(bigram, characters[index - 1]! + characters[index]!);
      for (const stem of stems) count(word, stem);
    }
    this.#total = total;
  }

  /** Between about 1.5 for what is in most entries and 5 for what is in none. */
  weight(field: TermField, term: string): number {
    return Math.log(1 + this.#total / (1 + (this.#entries[field].get(term) ?? 0))) ** 0.7;
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
