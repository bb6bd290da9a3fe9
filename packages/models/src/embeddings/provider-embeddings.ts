import { Embeddings } from "@langchain/core/embeddings";
import { ModelsError } from "../errors.ts";
import { postJson } from "../request/post-json.ts";
import type { RequestContext } from "../request/provider-errors.ts";
import { checkVectors } from "./check-vectors.ts";

export interface ProviderEmbeddingsOptions {
  readonly context: RequestContext;
  /** Length of a vector, where it is known before the first answer. */
  readonly dimensions: number | undefined;
  /** Whether to ask the provider for that length. Many refuse the parameter, so only when the user set it. */
  readonly sendsDimensions: boolean;
  /** Most texts in one request. */
  readonly batchSize: number;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** Requests at the same time. Default: 4. */
  readonly concurrency?: number;
}

/**
 * Embeddings over an OpenAI-compatible `/embeddings` endpoint: batched, retried, cancellable and checked. Vectors
 * are asked for as plain numbers, since base64 is decoded to zeros by some pairs of client and server.
 *
 * Every method throws a ModelsError; a zero, NaN, wrong-length or missing vector is an error ("invalid-vector") that
 * names the provider, and is never returned.
 *
 * @example
 * const { embeddings } = await resolveModels();
 * const vectors = await embeddings?.embedDocuments(["注意力", "梯度"], { signal });
 */
export class ProviderEmbeddings extends Embeddings {
  readonly provider: string;
  readonly model: string;
  readonly #options: ProviderEmbeddingsOptions;
  #dimensions: number | undefined;

  constructor(options: ProviderEmbeddingsOptions) {
    super({ maxRetries: 0 });
    this.#options = options;
    this.provider = options.context.provider;
    this.model = options.context.model;
    this.#dimensions = options.dimensions;
  }

  /** Length of a vector; undefined until the first answer where the provider's preset does not know the model. */
  get dimensions(): number | undefined {
    return this.#dimensions;
  }

  /**
   * Identifies what made a vector: `provider/model/dimensions`. Vectors of different fingerprints cannot be compared,
   * so an index stores it. The last part is `unknown` as long as `dimensions` is; `probe()` finds it out.
   */
  get fingerprint(): string {
    return `${this.provider}/${this.model}/${this.#dimensions ?? "unknown"}`;
  }

  /** Embeds one short text, so that `dimensions` and `fingerprint` are known and the settings are proven. */
  async probe(
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<{ dimensions: number; fingerprint: string }> {
    const vector = await this.embedQuery("你好", options);
    return { dimensions: vector.length, fingerprint: this.fingerprint };
  }

  /** One vector per text, in order. An empty list gives an empty list. */
  override async embedDocuments(
    texts: string[],
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<number[][]> {
    this.#checkTexts(texts);
    const { batchSize, concurrency = 4 } = this.#options;
    const batches: string[][] = [];
    for (let i = 0; i < texts.length; i += batchSize) batches.push(texts.slice(i, i + batchSize));
    const results = new Array<number[][]>(batches.length);
    // The first failure stops the other workers: their answers could not be used.
    const failure = new AbortController();
    const signal =
      options.signal === undefined ? failure.signal : AbortSignal.any([options.signal, failure.signal]);
    let next = 0;
    const work = async () => {
      while (next < batches.length) {
        const i = next++;
        results[i] = await this.#embedBatch(batches[i]!, signal);
      }
    };
    // The first batch goes alone when it decides the length that all others must have.
    if (this.#dimensions === undefined && batches.length > 0) {
      results[0] = await this.#embedBatch(batches[0]!, signal);
      next = 1;
    }
    try {
      await Promise.all(Array.from({ length: Math.min(concurrency, batches.length - next) }, work));
    } catch (error) {
      failure.abort();
      throw error;
    }
    return results.flat();
  }

  override async embedQuery(
    text: string,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<number[]> {
    this.#checkTexts([text]);
    const [vector] = await this.#embedBatch([text], options.signal);
    return vector!;
  }

  async #embedBatch(texts: readonly string[], signal: AbortSignal | undefined): Promise<number[][]> {
    const { context, timeoutMs, maxRetries, sendsDimensions, dimensions } = this.#options;
    const body = {
      model: context.model,
      input: texts,
      encoding_format: "float",
      ...(sendsDimensions && dimensions !== undefined ? { dimensions } : {}),
    };
    const answer = await postJson(`${context.baseUrl}/embeddings`, body, context, {
      timeoutMs,
      maxRetries,
      signal,
    });
    const vectors = checkVectors(answer, texts.length, this.#dimensions, context);
    this.#dimensions ??= vectors[0]?.length;
    return vectors;
  }

  #checkTexts(texts: readonly string[]): void {
    texts.forEach((text, i) => {
      if (typeof text === "string" && text.trim() !== "") return;
      throw new ModelsError(
        "invalid-input",
        `Text ${i + 1} of ${texts.length} to embed is ${typeof text === "string" ? "empty" : "no string"}; providers refuse that. Leave it out.`,
        { details: { provider: this.provider, model: this.model } },
      );
    });
  }
}
