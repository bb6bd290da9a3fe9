export interface Arguments {
  readonly goals: readonly string[];
  readonly known: readonly string[];
}

/** `6.2 5.4 --known 1.7 2.1`: what stands after `--known` is read already. */
export function readArguments(words: readonly string[]): Arguments {
  const at = words.indexOf("--known");
  const goals = at < 0 ? words : words.slice(0, at);
  const known = at < 0 ? [] : words.slice(at + 1);
  const strange = [...goals, ...known].find((word) => !/^\d{1,2}\.\d{1,2}$/.test(word));
  if (strange !== undefined) {
    throw new Error(`看不懂 ${strange}。用法：main.ts [目标节 …] [--known 已读节 …]，节号如 6.2。`);
  }
  if (at >= 0 && known.length === 0) throw new Error("--known 后面要有至少一个节号，如 --known 1.7。");
  return { goals, known };
}
