import { multiHeadAttention } from "./attention.ts";
import { add, type Counter } from "./matrix.ts";
import { embed, firstLayer, secondLayer } from "./sentence.ts";

export interface ReadOptions {
  /** Heads of the first layer. Default 2. */
  readonly heads?: number;
  readonly causal?: boolean;
  /** Whether tokens know their positions. Default true. */
  readonly positions?: boolean;
  /** Whether each layer's input is added to its output. Default true. */
  readonly residual?: boolean;
  readonly counter?: Counter;
}

export interface Reading {
  /** One n × n matrix for each head of the first layer. */
  readonly first: number[][][];
  /** n × n weights of the second layer. */
  readonly second: number[][];
  /** The vectors after the first layer, n × 8. */
  readonly middle: number[][];
}

// #region two-layers
/** 两层注意力，每层的输出加回输入（残差）。第二层「它」那一行的权重，就是模型认为「它」指谁。 */
export function readSentence(tokens: readonly string[], options: ReadOptions = {}): Reading {
  const { heads = 2, positions = true, residual = true } = options;
  const x = embed(tokens, positions);
  const first = multiHeadAttention(x, firstLayer, heads, options);
  const middle = residual ? add(x, first.output) : first.output;
  const second = multiHeadAttention(middle, secondLayer, 1, options);
  return { first: first.weights, middle, second: second.weights[0]! };
}
// #endregion two-layers

/** How much the token at `reader` reads from each token in the second layer, by token. */
export function weightsOf(
  tokens: readonly string[],
  reader: string,
  options: ReadOptions = {},
): Map<string, number> {
  const at = tokens.indexOf(reader);
  if (at < 0) throw new RangeError(`句子里没有「${reader}」：${tokens.join(" ")}`);
  const { second } = readSentence(tokens, options);
  return new Map(tokens.map((token, i) => [token, second[at]![i]!]));
}
