/** A byte-level BPE tokenizer: any text in, numbers out, and exactly the same text back. */
import { applyMerges, learnMerges, type Merge, ranks } from "./bpe.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** One symbol per byte, written as two hexadecimal digits, so that a symbol of several bytes is a longer string. */
export function bytesOf(text: string): string[] {
  return [...encoder.encode(text)].map((byte) => byte.toString(16).padStart(2, "0"));
}

/** Letters with the space before them, digits, and everything else: merges never cross these borders. */
export function pieces(text: string): string[] {
  return text.match(/ ?\p{L}+|\p{N}+|[^\p{L}\p{N}]+?(?= ?\p{L}|\p{N}|$)/gsu) ?? [];
}

/**
 * Byte-level BPE. The vocabulary is the 256 bytes plus one token per merge.
 *
 * @throws RangeError when the vocabulary is asked to be smaller than 256, or an unknown id is decoded.
 * @example
 * const tokenizer = ByteTokenizer.train("猫 猫 猫", 258);
 * tokenizer.decode(tokenizer.encode("猫")); // 猫
 */
export class ByteTokenizer {
  readonly merges: readonly Merge[];
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #symbols: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  private constructor(merges: readonly Merge[]) {
    this.merges = merges;
    this.#ranks = ranks(merges);
    const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
    // Two merges may end in the same symbol (ab+c, a+bc): it keeps the first id.
    this.#symbols = [...new Set([...bytes, ...merges.map(({ left, right }) => left + right)])];
    this.#ids = new Map(this.#symbols.map((symbol, id) => [symbol, id]));
  }

  static train(text: string, vocabularySize: number): ByteTokenizer {
    if (vocabularySize < 256) throw new RangeError(`词表至少要有 256 个字节，得到 ${vocabularySize}。`);
    const counts = new Map<string, number>();
    for (const piece of pieces(text.toWellFormed())) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    const words = new Map([...counts.keys()].map((piece) => [piece, bytesOf(piece)]));
    return new ByteTokenizer(learnMerges(words, counts, vocabularySize - 256));
  }

  get vocabularySize(): number {
    return this.#symbols.length;
  }

  // #region encode
  /** 文本 → 字节 → 合并 → 编号。任何文本都由 256 种字节组成，所以不会有「没见过的字」。 */
  encode(text: string): number[] {
    return pieces(text.toWellFormed()).flatMap((piece) =>
      applyMerges(bytesOf(piece), this.#ranks).map((symbol) => this.#ids.get(symbol)!),
    );
  }

  /** 编号 → 字节 → 文本。一个字的字节可能分在两个 token 里，所以要先把字节全部接起来再解码。 */
  decode(ids: readonly number[]): string {
    const hexadecimal = ids.map((id) => this.#symbol(id)).join("");
    return decoder.decode(
      Uint8Array.from(hexadecimal.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
    );
  }
  // #endregion encode

  /** Each token as text; a token that is only part of a character is shown as its bytes. */
  tokens(text: string): string[] {
    return this.encode(text).map((id) => {
      const shown = this.decode([id]);
      return shown.includes("\ufffd") ? `<${this.#symbol(id).match(/../g)!.join(" ")}>` : shown;
    });
  }

  #symbol(id: number): string {
    const symbol = this.#symbols[id];
    if (symbol === undefined)
      throw new RangeError(`没有编号为 ${id} 的 token，词表大小是 ${this.vocabularySize}。`);
    return symbol;
  }
}
