/** `sums[i]` is the sum of the first `i` values. */
export function runningSums(values: Uint32Array): Uint32Array {
  const sums = new Uint32Array(values.length + 1);
  for (let index = 0; index < values.length; index++) sums[index + 1] = sums[index]! + values[index]!;
  return sums;
}
