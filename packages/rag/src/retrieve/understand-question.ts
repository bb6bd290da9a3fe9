import type { HistoryMessage } from "../answer/events.ts";
import type { GlossaryTerm } from "../answer/knowledge.ts";
import { detectLanguage } from "../language/detect-language.ts";
import { cleanQuestion } from "./clean-question.ts";
import { type ResolvedQuestion, resolveFollowUp } from "./follow-up.ts";
import { namedTerms } from "./glossary.ts";
import { plainWording } from "./plain-wording.ts";
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
  /** Words of a dictionary; these neither. */
  readonly isWord?: (word: string) => boolean | Promise<boolean>;
  /** Tried first when there is history; the rules take over when it fails or gives nothing. */
  readonly rewrite?: RewriteQuestion;
  /** Told why the rules had to take over. */
  readonly onProblem?: (message: string) => void;
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
  const text = plainWording(withoutGreeting(original).trim() || original);
  const spelt = await correctSpelling(text, glossary, {
    ...(options.isKnown ? { isKnown: options.isKnown } : {}),
    ...(options.isWord ? { isWord: options.isWord } : {}),
  });
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

/** Most characters that a rewrite of a question may have: a subject filled in, and no answer or essay. */
export function longestRewrite(question: string): number {
  return 2 * question.length + 120;
}

async function standAlone(question: string, options: UnderstandOptions): Promise<ResolvedQuestion> {
  const history = options.history ?? [];
  if (history.length === 0) return { question, followUp: false, more: false };
  const byRules = resolveFollowUp(question, history, options.glossary);
  if (options.rewrite === undefined) return byRules;
  try {
    const { signal } = options;
    const rewritten = rewriteIn(await options.rewrite(question, history, signal ? { signal } : {}), question);
    if (rewritten !== null)
      return { question: rewritten, followUp: rewritten !== question, more: byRules.more };
    options.onProblem?.("The model's rewrite was empty or no single question; rules were used instead.");
  } catch (error) {
    options.signal?.throwIfAborted();
    options.onProblem?.(error instanceof Error ? error.message : String(error));
  }
  return byRules;
}

/** The question in a reply, or `null`: one line of bounded length; a reply of several lines is an answer or worse. */
function rewriteIn(reply: string, question: string): string | null {
  const lines = reply
    .split(/[\r\n\u2028\u2029]+/u)
    .filter((line) => line.trim() !== "" && !/[：:]\s*$/u.test(line));
  if (lines.length !== 1) return null;
  const text = (lines[0] ?? "")
    .trim()
    .replace(/^(?:(?:改写|重写)后?的?(?:问题)?(?:是|为)?|问题|rewritten question|question)\s*[：:]\s*/iu, "")
    .replace(/^["“「『]([^"”」』]*)["”」』]$/u, "$1")
    .trim();
  return text === "" || text.length > longestRewrite(question) ? null : cleanQuestion(text);
}

function toldIn(history: readonly HistoryMessage[]): string {
  return history
    .filter(({ role }) => role === "assistant")
    .map(({ content }) => content)
    .join("\n");
}
