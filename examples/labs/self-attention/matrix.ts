/** Small dense matrices as arrays of rows, with a count of the multiplications made. */
export type Matrix = readonly (readonly number[])[];

/** Counts scalar multiplications; pass one to see what a computation cost. */
export interface Counter {
  multiplications: number;
}

/**
 * a (n × m) times b (m × p), giving n × p.
 *
 * @throws RangeError when the inner sizes differ.
 */
export function multiply(a: Matrix, b: Matrix, counter?: Counter): number[][] {
  const inner = b.length;
  const width = b[0]?.length ?? 0;
  return a.map((row, i) => {
    if (row.length !== inner)
      throw new RangeError(`第 ${i} 行有 ${row.length} 列，另一个矩阵却有 ${inner} 行。`);
    if (counter) counter.multiplications += inner * width;
    return Array.from({ length: width }, (_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0));
  });
}

export function transpose(a: Matrix): number[][] {
  return Array.from({ length: a[0]?.length ?? 0 }, (_, j) => a.map((row) => row[j]!));
}

export function add(a: Matrix, b: Matrix): number[][] {
  return a.map((row, i) => row.map((value, j) => value + b[i]![j]!));
}

/** Columns from `start` up to but not including `end`. */
export function columns(a: Matrix, start: number, end: number): number[][] {
  return a.map((row) => row.slice(start, end));
}

// #region softmax
/** 把一行分数变成一行权重：全为正，和为 1。先减去最大值，指数就不会溢出，结果不变。 */
export function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
// #endregion softmax
