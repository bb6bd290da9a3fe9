import { embedWithCache } from "../embed/embed-chunks.ts";
import type { VectorCache } from "../embed/vector-cache.ts";
import { RagError } from "../errors.ts";
import type { DocumentChange } from "../index/chunk-index.ts";
import type { FailedDocument, IngestOptions } from "./ingest.ts";

/** A document that has been split and waits for its commit. */
export interface PreparedDocument {
  readonly change: DocumentChange;
  readonly state: "added" | "changed";
}

export interface BatchOutcome {
  readonly committed: readonly PreparedDocument[];
  readonly failed: readonly FailedDocument[];
}

export type CommitOptions = Pick<IngestOptions, "index" | "embeddings" | "embedding" | "signal"> & {
  readonly cache: VectorCache | undefined;
};

/** Where the model or the store fails, it may be the text: too long, or refused. */
const SERVICE_FAULTS: readonly string[] = ["model-failed", "vector-store-failed"];
/** Faults that one document can cause. */
const DOCUMENT_FAULTS: readonly string[] = ["invalid-input", "invalid-vector", ...SERVICE_FAULTS];

/**
 * Embeds and commits documents together. When that fails for a reason that may lie in one of them, they are tried one
 * by one, so that the others get through.
 *
 * @throws RagError when the reason does not lie in a document, or every one of several fails.
 */
export async function commitBatch(
  batch: readonly PreparedDocument[],
  options: CommitOptions,
): Promise<BatchOutcome> {
  if (batch.length === 0) return { committed: [], failed: [] };
  try {
    await commit(batch, options);
    return { committed: batch, failed: [] };
  } catch (error) {
    if (!isDocumentFault(error)) throw error;
    if (batch.length === 1) return { committed: [], failed: [asFailed(batch[0] as PreparedDocument, error)] };
  }
  const committed: PreparedDocument[] = [];
  const failed: FailedDocument[] = [];
  for (const prepared of batch) {
    try {
      await commit([prepared], options);
      committed.push(prepared);
    } catch (error) {
      if (!isDocumentFault(error)) throw error;
      failed.push(asFailed(prepared, error));
      // Three failures and no success: the provider is down, and asking it for every document helps nobody.
      if (SERVICE_FAULTS.includes(error.code) && committed.length === 0 && failed.length === 3) throw error;
    }
  }
  return { committed, failed };
}

async function commit(batch: readonly PreparedDocument[], options: CommitOptions): Promise<void> {
  const { index, embeddings, embedding = {}, signal, cache } = options;
  const changes = batch.map(({ change }) => change);
  const apply = signal === undefined ? {} : { signal };
  if (embeddings === undefined) return index.apply({ put: changes }, apply);
  const chunks = changes.flatMap((change) => change.chunks);
  const vectors = await embedWithCache(chunks, embeddings, { ...embedding, ...apply }, cache);
  let next = 0;
  const put = changes.map((change) => {
    next += change.chunks.length;
    return { ...change, vectors: vectors.slice(next - change.chunks.length, next) };
  });
  await index.apply({ put }, apply);
}

function isDocumentFault(error: unknown): error is RagError {
  return error instanceof RagError && DOCUMENT_FAULTS.includes(error.code);
}

function asFailed({ change }: PreparedDocument, error: Error): FailedDocument {
  return { documentId: change.documentId, error };
}
