import { StringTable, unpackSections, WeightedLists } from "./binary.ts";

/** A translation with its weight in (0, 1]; the likeliest has weight 1. */
export interface Translation {
  readonly text: string;
  readonly weight: number;
}

const SECTIONS = 12;
const LONGEST_HEADWORD = 12;

/**
 * A Chinese–English dictionary made for retrieval: simplified headwords on one side, Porter stems on the other.
 *
 * @example
 * const lexicon = Lexicon.fromBytes(bytes);
 * lexicon.toChinese(stem("emergence"));   // [{ text: "出现", weight: 1 }, …]
 * lexicon.toEnglish("涌现");               // [{ text: "emerg", weight: 1 }, …]
 */
export class Lexicon {
  readonly #headwords: StringTable;
  readonly #stems: StringTable;
  readonly #phrases: StringTable;
  readonly #toChinese: WeightedLists;
  readonly #toEnglish: WeightedLists;
  readonly #phraseTargets: WeightedLists;

  private constructor(bytes: Uint8Array) {
    const [a, b, c, d, e, f, g, h, i, j, k, l] = unpackSections(bytes, SECTIONS) as Twelve<Uint8Array>;
    this.#headwords = new StringTable(a, b);
    this.#stems = new StringTable(c, d);
    this.#phrases = new StringTable(e, f);
    this.#toChinese = new WeightedLists(g, h);
    this.#toEnglish = new WeightedLists(i, j);
    this.#phraseTargets = new WeightedLists(k, l);
  }

  /** @throws LexiconError `lexicon-corrupt`. */
  static fromBytes(bytes: Uint8Array): Lexicon {
    return new Lexicon(bytes);
  }

  get size(): { readonly headwords: number; readonly stems: number; readonly phrases: number } {
    return { headwords: this.#headwords.length, stems: this.#stems.length, phrases: this.#phrases.length };
  }

  hasHeadword(headword: string): boolean {
    return this.#headwords.indexOf(headword) >= 0;
  }

  hasStem(stem: string): boolean {
    return this.#stems.indexOf(stem) >= 0;
  }

  /** Headwords that an English stem may stand for, likeliest first; `[]` for an unknown stem. */
  toChinese(stem: string): Translation[] {
    return translate(this.#stems.indexOf(stem), this.#toChinese, this.#headwords);
  }

  /** Stems that a headword may stand for, likeliest first; `[]` for an unknown headword. */
  toEnglish(headword: string): Translation[] {
    return translate(this.#headwords.indexOf(headword), this.#toEnglish, this.#stems);
  }

  /** Headwords of which the phrase is a whole gloss: `["languag", "model"]` → 语言模型. */
  phraseToChinese(stems: readonly string[]): string[] {
    const found = translate(this.#phrases.indexOf(stems.join(" ")), this.#phraseTargets, this.#headwords);
    return found.map(({ text }) => text);
  }

  /** Every headword of at least two characters that stands in a run of Han characters, with its position. */
  headwordsIn(text: string): { readonly headword: string; readonly start: number }[] {
    const found: { headword: string; start: number }[] = [];
    for (let start = 0; start < text.length; start++) {
      for (let end = Math.min(text.length, start + LONGEST_HEADWORD); end >= start + 2; end--) {
        const headword = text.slice(start, end);
        if (this.hasHeadword(headword)) found.push({ headword, start });
      }
    }
    return found;
  }

  /** Dictionary stems that begin with `prefix`: candidates for a misspelt or unusual form. */
  stemsStartingWith(prefix: string): string[] {
    const found: string[] = [];
    for (let index = this.#stems.lowerBound(prefix); index < this.#stems.length; index++) {
      const stem = this.#stems.at(index);
      if (!stem.startsWith(prefix)) break;
      found.push(stem);
    }
    return found;
  }
}

type Twelve<T> = [T, T, T, T, T, T, T, T, T, T, T, T];

function translate(row: number, lists: WeightedLists, targets: StringTable): Translation[] {
  if (row < 0) return [];
  return lists.row(row).map(({ target, weight }) => ({ text: targets.at(target), weight }));
}
