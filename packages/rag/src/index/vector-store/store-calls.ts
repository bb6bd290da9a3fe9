import type { DocumentInterface } from "@langchain/core/documents";
import type { VectorStoreInterface } from "@langchain/core/vectorstores";
import { throwIfAborted, untilAborted } from "../../abort.ts";
import { RagError } from "../../errors.ts";

/** Documents of one call of `addDocuments` or `addVectors`. */
const BATCH = 200;

/** The calls of a store that an index makes: in batches, cancellable, with errors that say which store and what for. */
export class StoreCalls {
  readonly kind: string;
  readonly #store: VectorStoreInterface;
  /** Milliseconds that a search may take. */
  readonly #timeout: number;

  constructor(store: VectorStoreInterface, timeout: number) {
    this.#store = store;
    this.#timeout = timeout;
    this.kind = typeof store._vectorstoreType === "function" ? store._vectorstoreType() : "unnamed";
  }

  /** @param vectors One a document; without them the store embeds. */
  async add(
    documents: readonly DocumentInterface[],
    vectors: readonly (readonly number[])[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let start = 0; start < documents.length; start += BATCH) {
      const batch = documents.slice(start, start + BATCH);
      const options = { ids: batch.map(({ id }) => id as string) };
      await this.#call("taking in documents", signal, () =>
        vectors === undefined
          ? this.#store.addDocuments(batch, options)
          : this.#store.addVectors(vectors.slice(start, start + BATCH) as number[][], batch, options),
      );
    }
  }

  async delete(ids: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      await this.#call("deleting", signal, () => this.#store.delete({ ids: batch }));
    }
  }

  async search(
    query: string | readonly number[],
    count: number,
    filter: unknown,
    signal: AbortSignal | undefined,
  ): Promise<[DocumentInterface, number][]> {
    const found = await this.#call(
      "searching",
      signal,
      () =>
        // Without a filter no third argument: some stores tell `undefined` from nothing.
        typeof query === "string"
          ? this.#store.similaritySearchWithScore(query, count, ...filterArgument(filter))
          : this.#store.similaritySearchVectorWithScore([...query], count, ...filterArgument(filter)),
      this.#timeout,
    );
    if (Array.isArray(found)) return found.filter((pair) => Array.isArray(pair));
    throw this.#failed("searching", `it gave ${typeof found} instead of a list`);
  }

  async #call<T>(
    doing: string,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
    timeout?: number,
  ): Promise<T> {
    throwIfAborted(signal, CANCELLED);
    const stop = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
    const signals = [signal, stop].filter((each) => each !== undefined);
    try {
      // In a function, since a store may also throw before it gives a promise.
      const running = (async () => work())();
      return await untilAborted(
        running,
        signals.length === 0 ? undefined : AbortSignal.any(signals),
        CANCELLED,
      );
    } catch (cause) {
      throwIfAborted(signal, CANCELLED);
      if (stop?.aborted) throw this.#failed(doing, `no answer within ${timeout} ms`, cause);
      throw this.#failed(doing, cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  #failed(doing: string, reason: string, cause?: unknown): RagError {
    return new RagError(
      "vector-store-failed",
      `The vector store (${this.kind}) failed in ${doing}: ${reason}. Keyword search does without it; check the store and ingest again.`,
      { cause, details: { store: this.kind, doing, reason } },
    );
  }
}

function filterArgument(filter: unknown): [filter: object] | [] {
  return filter === undefined ? [] : [filter as object];
}

const CANCELLED = "The caller cancelled the work on the vector store.";
