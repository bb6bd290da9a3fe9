/** N-gram language models: counts of what follows what, and four ways to turn counts into probabilities. */

export const START = "<s>";
export const END = "</s>";

/** `none`: relative frequency. `add-one`: Laplace. The other two mix in shorter contexts. */
export type Smoothing = "none" | "add-one" | "witten-bell" | "kneser-ney";

/** What was seen after one context: how often each word, and in all. */
interface Followers {
  total: number;
  readonly counts: Map<string, number>;
}

const discount = 0.75;

/**
 * An n-gram model over sentences of words (or of characters).
 *
 * @throws RangeError when the order is not a positive whole number.
 * @example
 * const model = new NgramModel(tinyCorpus, 2, "add-one");
 * model.probability(["小狗"], "喜欢"); // 1/14
 */
export class NgramModel {
  readonly order: number;
  readonly smoothing: Smoothing;
  /** What can come next: every word of the training text, the end of the sentence, and `<unk>` when asked for. */
  readonly vocabulary: ReadonlySet<string>;
  readonly #followers = new Map<string, Followers>();
  /** For Kneser–Ney: in how many different contexts a word was seen, instead of how often. */
  readonly #continuations = new Map<string, Followers>();

  constructor(
    sentences: readonly (readonly string[])[],
    order: number,
    smoothing: Smoothing = "none",
    { unknown = false }: { unknown?: boolean } = {},
  ) {
    if (!Number.isInteger(order) || order < 1) throw new RangeError(`n 应是正整数，得到 ${order}。`);
    this.order = order;
    this.smoothing = smoothing;
    this.vocabulary = new Set([...sentences.flat(), END, ...(unknown ? ["<unk>"] : [])]);
    for (const sentence of sentences) this.#count(sentence);
  }

  // #region probability
  /** P(word | context)：只看上下文的最后 n − 1 个词，这就是马尔可夫假设。 */
  probability(context: readonly string[], word: string): number {
    const kept = context.slice(context.length - Math.min(context.length, this.order - 1));
    if (this.smoothing === "witten-bell") return this.#wittenBell(kept, word);
    if (this.smoothing === "kneser-ney") return this.#kneserNey(kept, word, this.#followers);
    const seen = this.#followers.get(key(kept));
    const count = seen?.counts.get(word) ?? 0;
    const total = seen?.total ?? 0;
    if (this.smoothing === "add-one") return (count + 1) / (total + this.vocabulary.size);
    return total === 0 ? 0 : count / total;
  }
  // #endregion probability

  /** log P of the whole sentence, its end included (natural logarithm); −∞ when a step is impossible. */
  logProbability(sentence: readonly string[]): number {
    const words = [...this.#padding(), ...sentence, END];
    let sum = 0;
    for (let i = this.order - 1; i < words.length; i++)
      sum += Math.log(this.probability(words.slice(i - this.order + 1, i), words[i]!));
    return sum;
  }

  // #region perplexity
  /** 困惑度：平均每一步的意外程度，再取指数。每个句子的结束符也算一步。 */
  perplexity(sentences: readonly (readonly string[])[]): number {
    let sum = 0;
    let steps = 0;
    for (const sentence of sentences) {
      sum += this.logProbability(sentence);
      steps += sentence.length + 1;
    }
    return Math.exp(-sum / steps);
  }
  // #endregion perplexity

  /** Draws a sentence word by word; `random` gives numbers in [0, 1). */
  sample(random: () => number, limit = 60): string[] {
    const words = this.#padding();
    while (words.length < limit + this.order - 1) {
      const context = words.slice(words.length - this.order + 1);
      let left = random();
      let chosen = END;
      for (const word of this.vocabulary) {
        left -= this.probability(context, word);
        chosen = word;
        if (left < 0) break;
      }
      if (chosen === END) break;
      words.push(chosen);
    }
    return words.slice(this.order - 1);
  }

  // #region witten-bell
  /** 见过的后续种类越多，越相信还会有新的：把这部分概率交给更短的上下文。 */
  #wittenBell(context: readonly string[], word: string): number {
    const shorter =
      context.length === 0 ? 1 / this.vocabulary.size : this.#wittenBell(context.slice(1), word);
    const seen = this.#followers.get(key(context));
    if (!seen) return shorter;
    const kinds = seen.counts.size;
    return ((seen.counts.get(word) ?? 0) + kinds * shorter) / (seen.total + kinds);
  }
  // #endregion witten-bell

  /** Interpolated Kneser–Ney (Chen & Goodman 1999): a fixed discount; shorter contexts count kinds, not occurrences. */
  #kneserNey(context: readonly string[], word: string, table: ReadonlyMap<string, Followers>): number {
    const shorter =
      context.length === 0
        ? 1 / this.vocabulary.size
        : this.#kneserNey(context.slice(1), word, this.#continuations);
    const seen = table.get(key(context));
    if (!seen) return shorter;
    const own = Math.max((seen.counts.get(word) ?? 0) - discount, 0);
    return (own + discount * seen.counts.size * shorter) / seen.total;
  }

  #padding(): string[] {
    return Array.from({ length: this.order - 1 }, () => START);
  }

  #count(sentence: readonly string[]): void {
    const words = [...this.#padding(), ...sentence, END];
    for (let i = this.order - 1; i < words.length; i++) {
      for (let length = 0; length < this.order; length++) {
        const context = words.slice(i - length, i);
        if (!add(this.#followers, context, words[i]!)) continue;
        // A new pair of context and word: one more context for the shorter pair.
        if (length > 0) add(this.#continuations, context.slice(1), words[i]!);
      }
    }
  }
}

/** Counts one occurrence; says whether the pair is new. */
function add(table: Map<string, Followers>, context: readonly string[], word: string): boolean {
  const at = key(context);
  const followers = table.get(at) ?? { total: 0, counts: new Map<string, number>() };
  table.set(at, followers);
  const before = followers.counts.get(word) ?? 0;
  followers.counts.set(word, before + 1);
  followers.total += 1;
  return before === 0;
}

function key(context: readonly string[]): string {
  return context.join("\u0000");
}
