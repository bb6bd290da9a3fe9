import { floats, StringTable, unpackSections, WeightedLists } from "./binary.ts";
import { transliterate } from "./transliterate.ts";

/** A translation with its weight in (0, 1]; the likeliest has weight 1. */
export interface Translation {
  readonly text: string;
  readonly weight: number;
}

const SECTIONS = 21;
const LONGEST_HEADWORD = 12;
/** What words that only share the stem count beside the word itself. */
const SAME_STEM = 0.5;

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
  readonly #toEnglish: WeightedLists;
  readonly #stems: Table;
  readonly #forms: Table;
  readonly #phrases: Table;
  readonly #runs: Table;
  readonly #runProbabilities: Float32Array;

  private constructor(bytes: Uint8Array) {
    const sections = unpackSections(bytes, SECTIONS)[Symbol.iterator]();
    const next = (): Uint8Array => sections.next().value as Uint8Array;
    const table = (): Table => ({
      keys: new StringTable(next(), next()),
      lists: new WeightedLists(next(), next()),
    });
    this.#headwords = new StringTable(next(), next());
    this.#toEnglish = new WeightedLists(next(), next());
    this.#stems = table();
    this.#forms = table();
    this.#phrases = table();
    this.#runs = table();
    this.#runProbabilities = floats(next());
  }

  /** @throws LexiconError `lexicon-corrupt`. */
  static fromBytes(bytes: Uint8Array): Lexicon {
    return new Lexicon(bytes);
  }

  get size(): { readonly headwords: number; readonly stems: number; readonly phrases: number } {
    return {
      headwords: this.#headwords.length,
      stems: this.#stems.keys.length,
      phrases: this.#phrases.keys.length,
    };
  }

  /** Every headword with the stems that it may stand for. */
  *entries(): Generator<readonly [headword: string, stems: readonly string[]]> {
    for (let index = 0; index < this.#headwords.length; index++) {
      const stems = this.#toEnglish.row(index).map(({ target }) => this.#stems.keys.at(target));
      yield [this.#headwords.at(index), stems];
    }
  }

  hasHeadword(headword: string): boolean {
    return this.#headwords.indexOf(headword) >= 0;
  }

  hasStem(stem: string): boolean {
    return this.#stems.keys.indexOf(stem) >= 0;
  }

  /**
   * Headwords that an English stem may stand for, likeliest first; `[]` for an unknown stem. With the word's own form
   * (`wordForm`) its translations count twice those of other words that share the stem.
   *
   * @example lexicon.toChinese(stem("university"), wordForm("universities")) // 大学 before 普遍
   */
  toChinese(stem: string, form?: string): Translation[] {
    const ofStem = this.#headwordsOf(this.#stems, stem);
    const ofForm = form === undefined ? [] : this.#headwordsOf(this.#forms, form);
    if (ofForm.length === 0) return ofStem;
    const weights = new Map(ofStem.map(({ text, weight }) => [text, weight * SAME_STEM]));
    for (const { text, weight } of ofForm) weights.set(text, Math.max(weight, weights.get(text) ?? 0));
    return [...weights]
      .map(([text, weight]) => ({ text, weight }))
      .sort((one, other) => other.weight - one.weight);
  }

  /** Stems that a headword may stand for, likeliest first; `[]` for an unknown headword. */
  toEnglish(headword: string): Translation[] {
    const row = this.#headwords.indexOf(headword);
    if (row < 0) return [];
    return this.#toEnglish
      .row(row)
      .map(({ target, weight }) => ({ text: this.#stems.keys.at(target), weight }));
  }

  /** Headwords of which the phrase is a whole gloss: `["languag", "model"]` → 语言模型. */
  phraseToChinese(stems: readonly string[]): string[] {
    return this.#headwordsOf(this.#phrases, stems.join(" ")).map(({ text }) => text);
  }

  /**
   * Pairs of adjacent characters that a name may be written with, likeliest first; `weight` is the share of all ways to
   * write it that have the pair, as far as the dictionary's names teach.
   *
   * @param name Lower-case letters a–z
   * @example lexicon.transliterate("jacksonville") // [{ text: "杰克", weight: 0.5 }, { text: "克森", … }, …]
   */
  transliterate(name: string, options: { readonly most?: number } = {}): Translation[] {
    const pairs = transliterate(name, (run) => this.#charactersOf(run));
    return [...pairs]
      .map(([text, weight]) => ({ text, weight }))
      .sort((one, other) => other.weight - one.weight || (one.text < other.text ? -1 : 1))
      .slice(0, options.most);
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
    const { keys } = this.#stems;
    const found: string[] = [];
    for (let index = keys.lowerBound(prefix); index < keys.length; index++) {
      const stem = keys.at(index);
      if (!stem.startsWith(prefix)) break;
      found.push(stem);
    }
    return found;
  }

  #headwordsOf({ keys, lists }: Table, key: string): Translation[] {
    const row = keys.indexOf(key);
    if (row < 0) return [];
    return lists.row(row).map(({ target, weight }) => ({ text: this.#headwords.at(target), weight }));
  }

  #charactersOf(run: string): [character: string, probability: number][] {
    const row = this.#runs.keys.indexOf(run);
    if (row < 0) return [];
    const top = this.#runProbabilities[row]!;
    return this.#runs.lists
      .row(row)
      .map(({ target, weight }) => [String.fromCodePoint(target), weight * top]);
  }
}

interface Table {
  readonly keys: StringTable;
  readonly lists: WeightedLists;
}
