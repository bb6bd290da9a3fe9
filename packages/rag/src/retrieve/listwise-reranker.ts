import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Reranker, RerankOptions, RerankResult } from "@zixue/models";
import { RagError } from "../errors.ts";
import { detectLanguage } from "../language/detect-language.ts";
import { modelPrompt } from "./model-prompts.ts";
import { parseRanking } from "./parse-ranking.ts";
import { shortReply } from "./short-reply.ts";

export interface ListwiseRerankerOptions {
  /** Passages that the model sees at once; default 20. */
  readonly window?: number;
  /** How far the window moves towards the front each time; default half of `window`. */
  readonly step?: number;
  /** Characters of a passage that are shown; default 1,200. */
  readonly passageLength?: number;
  /** Milliseconds that one window may take; default 30,000. */
  readonly timeoutMs?: number;
  /** Folder whose `rerank.*.prompt` is used instead of the one that comes with the package. */
  readonly prompts?: string;
}

/**
 * Reranks with a chat model: it is shown numbered passages and writes their order, best first. Longer lists are sorted
 * from the back by a sliding window, so that what is best wanders to the front. Passages that the model leaves out keep
 * their order behind those it names. `score` falls evenly from 1 by place and means nothing else.
 *
 * Source: Sun et al., "Is ChatGPT Good at Search? Investigating Large Language Models as Re-Ranking Agents", EMNLP 2023,
 * arXiv:2304.09542 (permutation generation; window 20, step 10).
 *
 * @throws RagError `invalid-input` for a window, step or topN that makes no sense
 * @throws (from `rerank`) RagError `model-failed` when a reply names no passage, is too long or too late; whatever the
 * model throws; the signal's reason when aborted
 *
 * @example
 * const reranker = listwiseReranker(chat, { window: 10 });
 * const [best] = await reranker.rerank("什么是涌现能力？", texts);
 */
export function listwiseReranker(model: BaseChatModel, options: ListwiseRerankerOptions = {}): Reranker {
  const { window = 20, passageLength = 1_200, timeoutMs = 30_000, prompts } = options;
  const step = options.step ?? Math.ceil(window / 2);
  if (!(Number.isInteger(window) && window >= 2 && Number.isInteger(step) && step >= 1 && step <= window))
    throw new RagError(
      "invalid-input",
      `listwiseReranker needs a window of at least 2 and a step from 1 to the window, got ${window} and ${step}.`,
    );

  async function orderOf(query: string, texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    const prompt = await modelPrompt("rerank", prompts);
    const messages = await prompt.render(
      {
        question: query,
        passages: texts.map((text, index) => `[${index + 1}] ${clipped(text, passageLength)}`),
      },
      { locale: detectLanguage(query) },
    );
    const limit = 400 + 40 * texts.length;
    const reply = await shortReply(model, messages, { limit, timeoutMs, task: "ranking passages", signal });
    const order = parseRanking(reply, texts.length);
    if (order.length === 0)
      throw new RagError(
        "model-failed",
        `The model named none of the ${texts.length} passages that it was asked to rank; it wrote: ${reply.slice(0, 120)}`,
      );
    return order;
  }

  return {
    async rerank(query: string, documents: readonly string[], { topN, signal }: RerankOptions = {}) {
      if (topN !== undefined && !(Number.isInteger(topN) && topN >= 1))
        throw new RagError("invalid-input", `topN must be a whole number above 0, got ${topN}.`);
      signal?.throwIfAborted();
      const order = documents.map((_, index) => index);
      for (let end = order.length; end > 1; end -= step) {
        const start = Math.max(0, end - window);
        const seen = order.slice(start, end);
        const named = await orderOf(
          query,
          seen.map((index) => documents[index] ?? ""),
          signal,
        );
        order.splice(start, seen.length, ...reordered(seen, named));
        if (start === 0) break;
      }
      return order
        .map((index, place): RerankResult => ({ index, score: 1 - place / order.length }))
        .slice(0, topN);
    },
  };
}

/** Those that are named in the order named, then the rest as they were. */
function reordered(seen: readonly number[], named: readonly number[]): number[] {
  const chosen = new Set(named);
  return [...named, ...seen.keys()].flatMap((place, at) =>
    at >= named.length && chosen.has(place) ? [] : (seen[place] ?? []),
  );
}

function clipped(text: string, length: number): string {
  const cut = text.length <= length ? text : text.slice(0, length);
  // No half of a surrogate pair at the end.
  return cut.replace(/[\uD800-\uDBFF]$/u, "");
}
