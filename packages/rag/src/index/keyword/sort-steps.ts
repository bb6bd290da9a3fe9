import type { Steps } from "./steps.ts";

const RUN = 512;

/** Sorts numbers in place by a comparison, stable, pausing between runs: a bottom-up merge sort. */
export function* sortSteps(
  values: Uint32Array,
  compare: (one: number, other: number) => number,
): Steps<void> {
  for (let start = 0; start < values.length; start += RUN) {
    values.subarray(start, start + RUN).sort(compare);
    yield;
  }
  let from: Uint32Array = values;
  let to: Uint32Array = new Uint32Array(values.length);
  for (let width = RUN; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += width * 2) {
      const middle = Math.min(start + width, values.length);
      const end = Math.min(start + width * 2, values.length);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        if (at % RUN === 0) yield;
        const takeLeft = left < middle && (right === end || compare(from[left]!, from[right]!) <= 0);
        to[at] = from[takeLeft ? left++ : right++]!;
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
}
