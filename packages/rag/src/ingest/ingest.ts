import { throwIfAborted } from "../abort.ts";
import type { Chunk } from "../chunk/chunk.ts";
import type { ParsedDocument } from "../document/document.ts";
import { type DocumentEmbeddings, type EmbedOptions, openCache } from "../embed/embed-chunks.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";
import { IngestRun } from "./ingest-run.ts";

/** A document that could not be read: it is reported, and what the index holds of it stays. */
export interface FailedDocument {
  readonly documentId: string;
  readonly error: Error;
}

export interface IngestOptions {
  readonly index: ChunkIndex;
  readonly documents:
    | Iterable<ParsedDocument | FailedDocument>
    | AsyncIterable<ParsedDocument | FailedDocument>;
  /** Makes the chunks of a document. Only called for documents that are new or changed. */
  readonly split: (document: ParsedDocument) => readonly Chunk[] | Promise<readonly Chunk[]>;
  /** Without it the index has a keyword side only. */
  readonly embeddings?: DocumentEmbeddings;
  /** Cache and batches of the embeddings. */
  readonly embedding?: Pick<EmbedOptions, "cacheFolder" | "fingerprint" | "batchSize">;
  /** Removes what the index holds and `documents` does not; the default is no. */
  readonly prune?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: IngestProgress) => void;
}

export interface IngestProgress {
  readonly documentId: string;
  /** Everything but `unchanged` and `failed` is committed when it is reported. */
  readonly state: "added" | "changed" | "unchanged" | "removed" | "failed";
  /** Documents dealt with so far. */
  readonly done: number;
}

export interface IngestReport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly failed: readonly FailedDocument[];
  /** Chunks written. */
  readonly chunks: number;
  readonly ms: number;
}

/**
 * Brings an index up to date with documents: only what is new or changed is split, embedded and written. Commits batch
 * by batch; interrupted at any moment, the next run does the rest. A document that fails is reported and skipped.
 *
 * @throws RagError when nothing more can succeed: `model-failed` (every document of a batch), `index-write-failed`,
 * `aborted`, … Batches committed before stay.
 *
 * @example
 * const report = await ingest({ index, documents, split: (document) => splitDocument(document), prune: true })
 * console.log(`${report.added} new, ${report.changed} changed, ${report.failed.length} failed`)
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const start = performance.now();
  const { index, documents, embeddings, embedding, prune = false, signal } = options;
  throwIfAborted(signal, CANCELLED);
  const cache = embeddings === undefined ? undefined : await openCache(embedding ?? {});
  try {
    await index.verify?.(signal === undefined ? {} : { signal });
    const run = new IngestRun(options, await index.documents(), cache);
    await takeAll(run, documents, signal);
    await run.flush();
    if (prune) await run.prune();
    const { counts, failed, chunks } = run;
    return { ...counts, failed, chunks, ms: performance.now() - start };
  } finally {
    await cache?.close();
  }
}

async function takeAll(
  run: IngestRun,
  documents: IngestOptions["documents"],
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for await (const document of documents) {
      throwIfAborted(signal, CANCELLED);
      await run.take(document);
    }
    throwIfAborted(signal, CANCELLED);
  } catch (error) {
    // The source broke off: what it gave before is worth keeping.
    if (!signal?.aborted) await run.flush();
    throw error;
  }
}

const CANCELLED = "The caller cancelled the ingest; the batches committed so far are kept.";
