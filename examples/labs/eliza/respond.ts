/** A conversation program after ELIZA (Weizenbaum 1966): keyword, decomposition, reassembly. Own rules, own code. */
import { fallback, type Rule } from "./rules.ts";

/** The rule that answered, or -1 when none did. */
export interface Reply {
  readonly text: string;
  readonly rule: number;
}

const swaps: Readonly<Record<string, string>> = { 我: "你", 你: "我" };

/** 「我怕你」 seen from the other side: 「你怕我」. */
export function swapPersons(text: string): string {
  return text.replace(/[我你]/gu, (word) => swaps[word]!);
}

/** A program that remembers nothing but which reply of each rule comes next. */
export function createEliza(rules: readonly Rule[]): (said: string) => Reply {
  const used = new Map<number, number>();
  const next = (rule: number, replies: readonly string[]): string => {
    const turn = used.get(rule) ?? 0;
    used.set(rule, turn + 1);
    return replies[turn % replies.length]!;
  };
  // #region respond
  return (said) => {
    const sentence = said.replace(/[。！？!?.，,\s]+$/u, "");
    for (const [index, { pattern, replies }] of rules.entries()) {
      const found = pattern.exec(sentence);
      if (found) {
        const caught = swapPersons(found[1] ?? "");
        return { text: next(index, replies).replaceAll("{1}", () => caught), rule: index };
      }
    }
    return { text: next(-1, fallback), rule: -1 };
  };
  // #endregion respond
}
