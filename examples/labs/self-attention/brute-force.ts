/**
 * Multi-head attention straight from its definition, one scalar at a time and sharing no code with attention.ts: the
 * independent computation the lab checks itself against.
 */
export function bruteForceAttention(
  x: readonly (readonly number[])[],
  layer: Record<"query" | "key" | "value" | "output", readonly (readonly number[])[]>,
  heads: number,
  causal: boolean,
): { weights: number[][][]; output: number[][] } {
  const n = x.length;
  const d = x[0]!.length;
  const size = d / heads;
  const project = (matrix: readonly (readonly number[])[], token: number, column: number): number => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += x[token]![k]! * matrix[k]![column]!;
    return sum;
  };
  const weights = Array.from({ length: heads }, () =>
    Array.from({ length: n }, () => new Array<number>(n).fill(0)),
  );
  const output = Array.from({ length: n }, () => new Array<number>(d).fill(0));
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < n; i++) {
      const last = causal ? i : n - 1;
      let total = 0;
      for (let j = 0; j <= last; j++) {
        let dot = 0;
        for (let c = head * size; c < (head + 1) * size; c++)
          dot += project(layer.query, i, c) * project(layer.key, j, c);
        const power = Math.exp(dot / size ** 0.5);
        weights[head]![i]![j] = power;
        total += power;
      }
      for (let j = 0; j <= last; j++) weights[head]![i]![j]! /= total;
      for (let c = head * size; c < (head + 1) * size; c++) {
        let read = 0;
        for (let j = 0; j <= last; j++) read += weights[head]![i]![j]! * project(layer.value, j, c);
        for (let out = 0; out < d; out++) output[i]![out]! += read * layer.output[c]![out]!;
      }
    }
  }
  return { weights, output };
}
