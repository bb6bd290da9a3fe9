import type { Knowledge } from "../answer/knowledge.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { matchQuestionBank } from "./question-bank.ts";
import { matchByProfile } from "./question-profile.ts";
import type { BankMatch } from "./retrieval.ts";

/**
 * The bank question with a like wording, or else the one whose evidence was found and whose author wrote in these words.
 *
 * @param passages what was found for the question, best first
 */
export function matchBank(
  question: string,
  { questions = [], glossary = [] }: Knowledge,
  passages: readonly Chunk[],
  { withoutWording }: { readonly withoutWording?: string } = {},
): BankMatch | null {
  const options = { glossary, ...(withoutWording === undefined ? {} : { withoutWording }) };
  const worded = matchQuestionBank(question, questions, options);
  const profiled = matchByProfile(question, questions, passages, options);
  return (profiled?.similarity ?? 0) > (worded?.similarity ?? 0) ? profiled : worded;
}
