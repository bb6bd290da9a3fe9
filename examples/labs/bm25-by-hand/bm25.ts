// #region tokens
/** 中文取相邻的两个字，英文和数字取整个词；标点和空格隔断，不产生跨越它们的两字组。 */
export function tokensOf(text: string): string[] {
  return (text.toLowerCase().match(/\p{Script=Han}+|[a-z0-9]+/gu) ?? []).flatMap((run) => {
    if (/^[a-z0-9]/.test(run)) return [run];
    const characters = [...run];
    return characters.slice(1).map((character, i) => characters[i]! + character);
  });
}
// #endregion tokens

export interface Hit {
  readonly document: number;
  readonly score: number;
}

export interface Bm25Options {
  readonly k1: number;
  readonly b: number;
}

// #region bm25
/** 倒排索引：每个词记下它出现在哪些文档、各出现几次；查询时只看问题里的词的那几条记录。 */
export class Bm25 {
  readonly #postings = new Map<string, Map<number, number>>();
  readonly #lengths: number[] = [];
  readonly #options: Bm25Options;

  constructor(documents: readonly string[], options: Bm25Options = { k1: 1.2, b: 0.75 }) {
    this.#options = options;
    documents.forEach((text, document) => {
      const tokens = tokensOf(text);
      this.#lengths.push(tokens.length);
      for (const token of tokens) {
        const posting = this.#postings.get(token) ?? new Map<number, number>();
        posting.set(document, (posting.get(document) ?? 0) + 1);
        this.#postings.set(token, posting);
      }
    });
  }

  /** 逆文档频率：词越少见，越能区分文档。 */
  idf(token: string): number {
    const frequency = this.#postings.get(token)?.size ?? 0;
    return Math.log(1 + (this.#lengths.length - frequency + 0.5) / (frequency + 0.5));
  }

  /** 一个词对一篇文档的贡献：词频带来的增益会饱和，长文档要打折。 */
  contribution(token: string, document: number): number {
    const { k1, b } = this.#options;
    const tf = this.#postings.get(token)?.get(document) ?? 0;
    const norm = 1 - b + (b * this.#lengths[document]!) / this.meanLength;
    return (this.idf(token) * tf * (k1 + 1)) / (tf + k1 * norm);
  }

  search(query: string, limit: number): Hit[] {
    const scores = new Map<number, number>();
    for (const token of tokensOf(query)) {
      for (const document of this.#postings.get(token)?.keys() ?? []) {
        scores.set(document, (scores.get(document) ?? 0) + this.contribution(token, document));
      }
    }
    const hits = [...scores].map(([document, score]) => ({ document, score }));
    return hits
      .sort((one, other) => other.score - one.score || one.document - other.document)
      .slice(0, limit);
  }

  get meanLength(): number {
    return this.#lengths.reduce((sum, length) => sum + length, 0) / this.#lengths.length;
  }

  lengthOf(document: number): number {
    return this.#lengths[document]!;
  }
}
// #endregion bm25
