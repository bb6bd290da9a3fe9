/** Scaled dot-product attention and multi-head attention (Vaswani et al. 2017, arXiv:1706.03762, section 3.2). */
import { type Counter, columns, type Matrix, multiply, softmax, transpose } from "./matrix.ts";

export interface Attended {
  /** n × n; row i holds how much token i reads from each token, and sums to 1. */
  readonly weights: number[][];
  /** n × d; row i is the weighted sum of the values. */
  readonly output: number[][];
}

export interface AttentionOptions {
  /** Token i may read tokens 0 … i only. Default false. */
  readonly causal?: boolean;
  readonly counter?: Counter;
}

// #region attention
/** 缩放点积注意力。q、k、v 各有 n 行，每个 token 一行。 */
export function attention(q: Matrix, k: Matrix, v: Matrix, options: AttentionOptions = {}): Attended {
  const scale = Math.sqrt(k[0]!.length);
  const scores = multiply(q, transpose(k), options.counter); // n × n：每一对 token 一个分数
  const weights = scores.map((row, i) =>
    softmax(row.map((score, j) => (options.causal && j > i ? Number.NEGATIVE_INFINITY : score / scale))),
  );
  return { weights, output: multiply(weights, v, options.counter) };
}
// #endregion attention

export interface HeadWeights {
  /** Each d × d. */
  readonly query: Matrix;
  readonly key: Matrix;
  readonly value: Matrix;
  readonly output: Matrix;
}

export interface MultiHead {
  /** One n × n matrix a head. */
  readonly weights: number[][][];
  readonly output: number[][];
}

// #region multi-head
/** 多头注意力：把 q、k、v 的列平均分给各个头，各算各的，再拼起来乘以输出矩阵。 */
export function multiHeadAttention(
  x: Matrix,
  layer: HeadWeights,
  heads: number,
  options: AttentionOptions = {},
): MultiHead {
  const q = multiply(x, layer.query, options.counter);
  const k = multiply(x, layer.key, options.counter);
  const v = multiply(x, layer.value, options.counter);
  const size = q[0]!.length / heads;
  if (!Number.isInteger(size)) throw new RangeError(`${q[0]!.length} 列不能平均分给 ${heads} 个头。`);
  const results = Array.from({ length: heads }, (_, h) => {
    const own = (matrix: Matrix): number[][] => columns(matrix, h * size, (h + 1) * size);
    return attention(own(q), own(k), own(v), options);
  });
  const joined = x.map((_, i) => results.flatMap(({ output }) => output[i]!));
  return {
    weights: results.map(({ weights }) => weights),
    output: multiply(joined, layer.output, options.counter),
  };
}
// #endregion multi-head
