import { throwIfAborted, untilAborted } from "../abort.ts";
import { type Chunk, indexedText } from "../chunk/chunk.ts";
import { RagError } from "../errors.ts";
import { unitVector } from "../index/vector/unit-vectors.ts";
import { VectorCache } from "./vector-cache.ts";

/** What is asked of an embedding model: any LangChain `Embeddings` fits; a signal is passed on to those that take one. */
export interface DocumentEmbeddings {
  embedDocuments(texts: string[], options?: { signal?: AbortSignal }): Promise<number[][]>;
}

export interface EmbedOptions {
  /** Vectors are kept here by content, so that the same text is never paid for twice. */
  readonly cacheFolder?: string;
  /** Names the model and its dimensions, e.g. `"qwen/text-embedding-v4/512"`; needed with `cacheFolder`. */
  readonly fingerprint?: string;
  /** Texts a call; default 128. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EmbedProgress) => void;
}

export interface EmbedProgress {
  /** Chunks that have their vector. */
  readonly done: number;
  readonly total: number;
  /** How many of them came from the cache. */
  readonly cached: number;
}

type EmbeddedChunk = Pick<Chunk, "id" | "title" | "headingPath" | "text">;

/**
 * Embeds chunks with their title and headings in front. Every batch is in the cache before the next is asked for, so
 * an interrupted run goes on where it was.
 *
 * @returns One vector a chunk, in their order, all of one length.
 * @throws RagError `model-failed` (the model's error is the `cause`), `invalid-vector` (wrong length or number, NaN,
 * zeros; never cached), `aborted`, `invalid-input`, `index-write-failed`.
 *
 * @example const vectors = await embedChunks(chunks, embeddings, { cacheFolder: "data/vectors", fingerprint: embeddings.fingerprint })
 */
export async function embedChunks(
  chunks: readonly EmbeddedChunk[],
  embeddings: DocumentEmbeddings,
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  const cache = await openCache(options);
  try {
    return await embedWithCache(chunks, embeddings, options, cache);
  } finally {
    await cache?.close();
  }
}

/** The cache that the options ask for; it may serve many calls of `embedWithCache`. */
export async function openCache({
  cacheFolder,
  fingerprint,
}: Pick<EmbedOptions, "cacheFolder" | "fingerprint">): Promise<VectorCache | undefined> {
  if (cacheFolder === undefined) return undefined;
  if (fingerprint !== undefined && fingerprint !== "") return VectorCache.open(cacheFolder, fingerprint);
  throw new RagError(
    "invalid-input",
    "A cacheFolder for vectors needs a fingerprint beside it: vectors of different models must not be mixed.",
  );
}

/** `embedChunks` with a cache that is open already. */
export async function embedWithCache(
  chunks: readonly EmbeddedChunk[],
  embeddings: DocumentEmbeddings,
  { batchSize = 128, signal, onProgress, fingerprint }: EmbedOptions,
  cache: VectorCache | undefined,
): Promise<Float32Array[]> {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RagError("invalid-input", `batchSize must be a whole number from 1, not ${String(batchSize)}.`);
  }
  throwIfAborted(signal, CANCELLED);
  const keys = chunks.map((chunk) => VectorCache.keyOf(indexedText(chunk)));
  const found = new Map<string, Float32Array>();
  const missing = new Map<string, EmbeddedChunk>();
  for (const [index, key] of keys.entries()) {
    if (found.has(key) || missing.has(key)) continue;
    const vector = await cache?.get(key);
    if (vector === undefined) missing.set(key, chunks[index] as EmbeddedChunk);
    else found.set(key, vector);
  }
  const cached = keys.filter((key) => found.has(key)).length;
  const report = (): void =>
    onProgress?.({ done: keys.filter((key) => found.has(key)).length, total: keys.length, cached });
  report();
  const wanted = [...missing];
  let dimensions = found.values().next().value?.length;
  for (let start = 0; start < wanted.length; start += batchSize) {
    const batch = wanted.slice(start, start + batchSize);
    const answer = await ask(
      embeddings,
      batch.map(([, chunk]) => indexedText(chunk)),
      signal,
    );
    const checked = new Map<string, Float32Array>();
    for (const [index, [key, chunk]] of batch.entries()) {
      const vector = checkVector(answer[index], chunk, dimensions, fingerprint);
      dimensions = vector.length;
      checked.set(key, vector);
    }
    await cache?.add(checked);
    for (const [key, vector] of checked) found.set(key, vector);
    report();
  }
  return keys.map((key) => found.get(key) as Float32Array);
}

async function ask(
  embeddings: DocumentEmbeddings,
  texts: string[],
  signal: AbortSignal | undefined,
): Promise<readonly unknown[]> {
  throwIfAborted(signal, CANCELLED);
  let answer: unknown;
  try {
    answer = await untilAborted(
      embeddings.embedDocuments(texts, signal === undefined ? {} : { signal }),
      signal,
      CANCELLED,
    );
  } catch (cause) {
    throwIfAborted(signal, CANCELLED);
    if (cause instanceof RagError) throw cause;
    const code =
      (cause as { code?: unknown } | null)?.code === "invalid-vector" ? "invalid-vector" : "model-failed";
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RagError(code, `Embedding ${texts.length} texts failed: ${reason}`, { cause });
  }
  if (Array.isArray(answer) && answer.length === texts.length) return answer as unknown[];
  const got = Array.isArray(answer) ? `${answer.length} vectors` : typeof answer;
  throw new RagError(
    "invalid-vector",
    `The embedding model gave ${got} for ${texts.length} texts; check the provider.`,
  );
}

function checkVector(
  vector: unknown,
  chunk: EmbeddedChunk,
  dimensions: number | undefined,
  fingerprint: string | undefined,
): Float32Array {
  const where = `chunk ${chunk.id}${fingerprint === undefined ? "" : ` (model ${fingerprint})`}`;
  unitVector(vector as ArrayLike<number>, { ...(dimensions === undefined ? {} : { dimensions }), where });
  return Float32Array.from(vector as ArrayLike<number>);
}

const CANCELLED = "The caller cancelled the embedding; what was embedded so far is in the cache.";
