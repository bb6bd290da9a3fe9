import type { Correction } from "../answer/events.ts";
import type { SpellingOptions } from "./spelling.ts";

/** A question has few names; looking up more pairs would only cost time. */
const MOST_PAIRS = 24;

/**
 * Names that the documents write as one word and the question as two: Flash Attention → FlashAttention. Without
 * `isKnown` nothing can be said.
 *
 * @example
 * await joinSplitNames("Flash Attention 为什么快", { isKnown }) // [{ from: "Flash Attention", to: "FlashAttention" }]
 */
export async function joinSplitNames(
  question: string,
  { isKnown, isWord }: SpellingOptions,
): Promise<readonly Correction[]> {
  if (isKnown === undefined) return [];
  const corrections: Correction[] = [];
  const pairs = [...question.matchAll(/(?<![\p{L}\p{N}])(?=([A-Za-z]{2,})[ -]([A-Za-z][A-Za-z0-9]+))/gu)];
  for (const [, first = "", second = ""] of pairs.slice(0, MOST_PAIRS)) {
    const joined = first + second;
    // Two words of everyday English may make a third (in to, every one).
    if (!(await isKnown(joined)) || (await isWord?.(joined))) continue;
    const from = [`${first} ${second}`, `${first}-${second}`].find((written) => question.includes(written));
    if (from !== undefined && !(await isKnown(from))) corrections.push({ from, to: joined });
  }
  return corrections;
}
