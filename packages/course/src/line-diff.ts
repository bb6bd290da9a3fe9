/** The lines that differ between two texts, with one line of context: `-` is what stands there, `+` what should. */
export function lineDiff(before: string, after: string): string {
  const old = before.split("\n");
  const next = after.split("\n");
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < next.length - head &&
    old[old.length - 1 - tail] === next[next.length - 1 - tail]
  ) {
    tail++;
  }
  return [
    ...old.slice(Math.max(0, head - 1), head).map((line) => `  ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `- ${line}`),
    ...next.slice(head, next.length - tail).map((line) => `+ ${line}`),
    ...next.slice(next.length - tail, next.length - tail + 1).map((line) => `  ${line}`),
  ].join("\n");
}
