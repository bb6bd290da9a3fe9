import type { Language } from "../../language/detect-language.ts";
import { nearWords } from "../keyword/near-words.ts";
import type { FieldTerm, QueryGroup, QueryMember } from "../keyword/query.ts";
import { fieldOrder } from "../keyword/segment.ts";
import { mayBeMisspelt, type WeighingCorpus } from "../keyword/weigh-groups.ts";
import { termKey } from "./analyze-chunks.ts";
import type { Session } from "./database.ts";
import { countsFor, type IndexState } from "./state.ts";
import type { Tables } from "./tables.ts";

/** A term as the table of terms has it. */
interface CountedTerm {
  readonly id: number;
  readonly zh: number;
  readonly en: number;
}

/**
 * Document frequencies of the terms that a question asks for, read once within its transaction. Weighing and
 * translating ask for them one by one and cannot wait; so they are loaded beforehand, or found missing and loaded then.
 */
export class TermStatistics {
  readonly #session: Session;
  readonly #tables: Tables;
  readonly #state: IndexState;
  /** By key; `null` for a term that is nowhere. */
  readonly #terms = new Map<string, CountedTerm | null>();
  readonly #nearWords = new Map<string, readonly string[]>();

  constructor(session: Session, tables: Tables, state: IndexState) {
    this.#session = session;
    this.#tables = tables;
    this.#state = state;
  }

  /** Id of a loaded term; `undefined` when no chunk has it. */
  id(term: FieldTerm): number | undefined {
    return this.#terms.get(keyOf(term))?.id;
  }

  /** What groups are weighed by, in one language or in all, once `prepare` has loaded their terms. */
  corpus(language?: Language): WeighingCorpus {
    return {
      entries: countsFor(this.#state, language).entries,
      documentFrequency: ({ terms }: QueryMember) =>
        terms.length === 0 ? 0 : Math.min(...terms.map((term) => this.#frequency(term, language))),
      nearWords: (word) => this.#nearWords.get(word) ?? [],
    };
  }

  /** Loads the terms of groups and, for words that are nowhere, those nearest to them. */
  async prepare(groups: readonly QueryGroup[], language?: Language): Promise<void> {
    await this.#load(groups.flatMap(({ members }) => members.flatMap(({ terms }) => terms)));
    const { documentFrequency } = this.corpus(language);
    for (const group of groups) {
      if (!mayBeMisspelt(group) || this.#nearWords.has(group.term)) continue;
      if (group.members.some((member) => documentFrequency(member) > 0)) continue;
      const near = nearWords(group.term, await this.#wordsLike(group.term));
      this.#nearWords.set(group.term, near);
      await this.#load(near.map((term) => ({ field: "word", term })));
    }
  }

  /** Runs work that asks for single terms until all that it asks for were loaded; it must do the same each time. */
  async settle<T>(
    work: (documentFrequency: (term: FieldTerm) => number) => T,
    language: Language,
  ): Promise<T> {
    for (;;) {
      const missing: FieldTerm[] = [];
      const result = work((term) => {
        if (!this.#terms.has(keyOf(term))) missing.push(term);
        return this.#frequency(term, language);
      });
      if (missing.length === 0) return result;
      await this.#load(missing);
    }
  }

  #frequency(term: FieldTerm, language?: Language): number {
    const counted = this.#terms.get(keyOf(term));
    if (counted === undefined || counted === null) return 0;
    return language === undefined ? counted.zh + counted.en : counted[language];
  }

  async #load(terms: readonly FieldTerm[]): Promise<void> {
    const missing = [...new Map(terms.map((term) => [keyOf(term), term]))].filter(
      ([key]) => !this.#terms.has(key),
    );
    if (missing.length === 0) return;
    const rows = await this.#session.query(
      `SELECT t.id, t.field || t.term AS key, t.chinese, t.english
       FROM unnest($1::smallint[], $2::text[]) AS n (field, term)
       JOIN ${this.#tables.terms} t ON t.field = n.field AND t.term = n.term
       WHERE t.chinese + t.english > 0`,
      [missing.map(([, { field }]) => fieldOrder.indexOf(field)), missing.map(([, { term }]) => term)],
    );
    for (const [key] of missing) this.#terms.set(key, null);
    for (const { id, key, chinese, english } of rows) {
      this.#terms.set(key as string, { id: id as number, zh: chinese as number, en: english as number });
    }
  }

  /** Words that begin alike and are about as long: the ones whose edit distance is worth working out. */
  async #wordsLike(word: string): Promise<string[]> {
    const rows = await this.#session.query(
      `SELECT term FROM ${this.#tables.terms}
       WHERE field = 2 AND term >= $1 AND term < $2 AND char_length(term) BETWEEN $3 AND $4 AND chinese + english > 0`,
      [...prefixRange(word), word.length - 4, word.length + 2],
    );
    return rows.map(({ term }) => term as string);
  }
}

function keyOf({ field, term }: FieldTerm): string {
  return termKey({ field: fieldOrder.indexOf(field), term });
}

/** Bounds of the words that share the first UTF-16 unit, in the order of code points. */
function prefixRange(word: string): [string, string] {
  const first = word.codePointAt(0)!;
  if (first > 0xffff) return ["\u{10000}", "\u{10ffff}"];
  // Between the last character before the surrogates and the first behind them nothing can be stored.
  return [String.fromCodePoint(first), String.fromCodePoint(first === 0xd7ff ? 0xe000 : first + 1)];
}
