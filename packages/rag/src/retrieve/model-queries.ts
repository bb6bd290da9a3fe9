import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { detectLanguage, type Language } from "../language/detect-language.ts";
import { normalize } from "../language/normalize.ts";
import { cleanQuestion } from "./clean-question.ts";
import { modelPrompt } from "./model-prompts.ts";
import { shortReply } from "./short-reply.ts";

/** Other wordings of a question to search by, best first; the question itself is not among them. */
export type GenerateQueries = (
  question: string,
  options: {
    /** How many at most. */
    readonly count: number;
    /** Language of the documents that were found, or `null` when nothing was. */
    readonly documents: Language | null;
    readonly signal?: AbortSignal;
  },
) => Promise<readonly string[]>;

export interface ModelQueriesOptions {
  /** Milliseconds that the model may take; default 20,000. */
  readonly timeoutMs?: number;
  /** Folder whose `queries.*.prompt` is used instead of the one that comes with the package. */
  readonly prompts?: string;
}

/** Most characters of one wording, and most wordings. */
const LONGEST = 200;
const MOST = 8;

/**
 * Has a chat model word a question in other ways: each part of a two-part question on its own, synonyms, full and short
 * forms of terms; in the question's language, and once in the documents' where that is another.
 *
 * Throws as `shortReply`: RagError `model-failed` when the model is too slow or says too much.
 *
 * @example
 * await modelQueries(chat)("LoRA 为什么省显存?", { count: 3, documents: "zh" });
 */
export function modelQueries(model: BaseChatModel, options: ModelQueriesOptions = {}): GenerateQueries {
  const { timeoutMs = 20_000, prompts } = options;
  return async (question, { count, documents, signal }) => {
    const wanted = Math.min(count, MOST);
    const language = detectLanguage(question);
    const prompt = await modelPrompt("queries", prompts);
    const messages = await prompt.render(
      { question, count: wanted, other: documents !== language },
      { locale: language },
    );
    const reply = await shortReply(model, messages, {
      limit: 2 * (wanted + 2) * LONGEST,
      timeoutMs,
      task: "wording the question in other ways",
      signal,
    });
    return parseQueries(reply, question).slice(0, wanted);
  };
}

/** The questions in a reply: a JSON list of strings, or one a line without its bullet; no repeats, none over-long. */
export function parseQueries(reply: string, question: string): string[] {
  const seen = new Set([keyOf(question)]);
  return (listIn(reply) ?? reply.split(/\n+/u)).flatMap((line) => {
    const text = line
      .trim()
      .replace(/^(?:[-*•]|\(?\d{1,2}[.)、:：])\s*/u, "")
      .replace(/^["'“「『]+|["'”」』,，]+$/gu, "")
      .trim();
    const key = keyOf(text);
    // A line that ends in a colon announces the list; fences and headings are no questions either.
    if (key === "" || /[：:]$|^```|^#/u.test(text) || text.length > LONGEST || seen.has(key)) return [];
    seen.add(key);
    return [cleanQuestion(text)];
  });
}

function listIn(reply: string): string[] | null {
  const list = /\[[\s\S]*\]/u.exec(reply)?.[0];
  if (list === undefined) return null;
  try {
    const parsed: unknown = JSON.parse(list);
    if (!Array.isArray(parsed)) return null;
    const texts = parsed.filter((item) => typeof item === "string");
    return texts.length === 0 ? null : texts;
  } catch {
    return null;
  }
}

/** What two wordings have in common that differ in spaces and punctuation only. */
function keyOf(text: string): string {
  return normalize(text).replace(/[^\p{L}\p{N}]+/gu, "");
}
