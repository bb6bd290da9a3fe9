import type { EmbeddingsInterface } from "@langchain/core/embeddings";
import type { Reranker } from "@zixue/models";
import type { AnswerSettings } from "./answer/answer-question.ts";
import { RagError } from "./errors.ts";
import type { RagPipelineOptions } from "./pipeline.ts";

/** The parts of the settings that a model brings. */
export type ModelSettings = Pick<
  AnswerSettings,
  "generator" | "verifier" | "rewrite" | "queries" | "rerank" | "embedQuery" | "weights" | "expand"
>;

/**
 * What each model that is given does. Without a chat model nothing of what needs one is loaded.
 *
 * @throws RagError `invalid-input` for a `queries.count` out of range
 */
export async function modelSettings(options: RagPipelineOptions): Promise<ModelSettings> {
  const { models = {}, contextBudget, queries } = options;
  const { chat, embeddings, reranker } = models;
  checkCount(queries?.count);
  const prompts = options.prompts === undefined ? {} : { prompts: options.prompts };
  let settings: ModelSettings = {};
  let listwise: Reranker | undefined;
  if (chat !== undefined) {
    const [{ modelGenerator, modelRewriter }, { listwiseReranker }, { modelQueries }] = await Promise.all([
      import("./answer/model-generator.ts"),
      import("./retrieve/listwise-reranker.ts"),
      import("./retrieve/model-queries.ts"),
    ]);
    const budget = contextBudget === undefined ? {} : { contextBudget };
    settings = {
      generator: modelGenerator(chat, { ...prompts, ...budget }),
      rewrite: modelRewriter(chat, prompts),
      ...(queries === undefined ? {} : { queries: { ...queries, generate: modelQueries(chat, prompts) } }),
    };
    if (options.verify === "model") {
      const { modelVerifier } = await import("./answer/verify-with-model.ts");
      settings = { ...settings, verifier: modelVerifier(chat, prompts) };
    }
    if (options.rerank === "listwise") listwise = listwiseReranker(chat, prompts);
  }
  const ranking = reranker ?? listwise;
  return {
    ...settings,
    ...(embeddings === undefined ? {} : { embedQuery: (text: string) => embeddings.embedQuery(text) }),
    ...(isLexicon(embeddings ?? storeEmbeddings(options))
      ? { weights: { vector: 0.1, ...options.weights } }
      : {}),
    ...(ranking === undefined
      ? {}
      : {
          rerank: (question, texts, { signal }) => ranking.rerank(question, texts, signal ? { signal } : {}),
        }),
  };
}

/** Vectors of the lexicon know nothing that the keyword side does not; see docs/decisions/0006-fusion.md. */
function isLexicon(embeddings: EmbeddingsInterface | undefined): boolean {
  return embeddingFingerprint(embeddings)?.startsWith("lexicon-") === true;
}

function storeEmbeddings({ vectorStore }: RagPipelineOptions): EmbeddingsInterface | undefined {
  if (vectorStore === undefined) return undefined;
  return "store" in vectorStore ? vectorStore.store.embeddings : vectorStore.embeddings;
}

/** What made the vectors, where the embeddings say so: vectors of two models cannot be compared. */
export function embeddingFingerprint(embeddings: EmbeddingsInterface | undefined): string | null {
  if (embeddings === undefined || !("fingerprint" in embeddings)) return null;
  const { fingerprint } = embeddings;
  return typeof fingerprint === "string" && !fingerprint.endsWith("/unknown") ? fingerprint : null;
}

function checkCount(count: number | undefined): void {
  if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= 8)) return;
  throw new RagError(
    "invalid-input",
    `queries.count must be a whole number from 1 to 8, got ${String(count)}.`,
  );
}
