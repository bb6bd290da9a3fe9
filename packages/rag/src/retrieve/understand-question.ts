import type { HistoryMessage } from "../answer/events.ts";
import type { GlossaryTerm } from "../answer/knowledge.ts";
import { detectLanguage } from "../language/detect-language.ts";
import { cleanQuestion } from "./clean-question.ts";
import { type ResolvedQuestion, resolveFollowUp } from "./follow-up.ts";
import { namedTerms } from "./glossary.ts";
import type { UnderstoodQuestion } from "./question.ts";
import { intentOf, withoutGreeting } from "./small-talk.ts";
import { correctSpelling } from "./spelling.ts";

/** Rewrites a follow-up into a question that stands alone; a model can do this better than rules. */
export type RewriteQuestion = (
  question: string,
  history: readonly HistoryMessage[],
  options: { readonly signal?: AbortSignal },
) => Promise<string>;

export interface UnderstandOptions {
  /** Earlier turns, oldest first. */
  readonly history?: readonly HistoryMessage[];
  readonly glossary?: readonly GlossaryTerm[];
  /** Words the documents use; these are never taken for misspellings. */
  readonly isKnown?: (word: string) => boolean | Promise<boolean>;
  /** Tried first when there is history; the rules take over when it fails or gives nothing. */
  readonly rewrite?: RewriteQuestion;
  readonly signal?: AbortSignal;
}

/**
 * Reads a question: cleans it, mends mistyped terms, resolves a follow-up from history, and finds the terms it names.
 *
 * @throws RagError `invalid-input` for an empty or overlong question; the signal's reason when aborted.
 */
export async function understandQuestion(
  question: string,
  options: UnderstandOptions = {},
): Promise<UnderstoodQuestion> {
  const original = cleanQuestion(question);
  const language = detectLanguage(original);
  const intent = intentOf(original);
  if (intent !== "question")
    return {
      original,
      question: original,
      corrections: [],
      intent,
      language,
      terms: [],
      followUp: false,
      told: "",
    };

  const glossary = options.glossary ?? [];
  const text = withoutGreeting(original).trim() || original;
  const spelt = await correctSpelling(text, glossary, options.isKnown ? { isKnown: options.isKnown } : {});
  const resolved = await standAlone(spelt.question, options);
  const named = namedTerms(resolved.question, glossary);
  return {
    original,
    question: resolved.question,
    corrections: spelt.corrections,
    intent,
    language,
    terms: [...new Set([...named].sort((a, b) => b.text.length - a.text.length).map((hit) => hit.term))],
    followUp: resolved.followUp,
    told: resolved.more ? toldIn(options.history ?? []) : "",
  };
}

async function standAlone(question: string, options: UnderstandOptions): Promise<ResolvedQuestion> {
  const history = options.history ?? [];
  if (history.length === 0) return { question, followUp: false, more: false };
  const byRules = resolveFollowUp(question, history, options.glossary);
  if (options.rewrite === undefined) return byRules;
  try {
    const rewritten = (
      await options.rewrite(question, history, options.signal ? { signal: options.signal } : {})
    ).trim();
    // A rewrite that answers, or says nothing, is no rewrite.
    if (rewritten === "" || rewritten.length > 4 * question.length + 200) return byRules;
    return { question: cleanQuestion(rewritten), followUp: rewritten !== question, more: byRules.more };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof Error && error.name === "AbortError") throw error;
    return byRules;
  }
}

function toldIn(history: readonly HistoryMessage[]): string {
  return history
    .filter(({ role }) => role === "assistant")
    .map(({ content }) => content)
    .join("\n");
}
