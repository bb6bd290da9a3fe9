import type { ParsedDocument } from "../document/document.ts";
import type { VectorCache } from "../embed/vector-cache.ts";
import { RagError } from "../errors.ts";
import { commitBatch, type PreparedDocument } from "./commit-batch.ts";
import type { FailedDocument, IngestOptions, IngestProgress } from "./ingest.ts";
import { stateOf } from "./plan-ingest.ts";

/** A batch is committed when it has this many chunks or documents: a commit costs a few syncs of the disk. */
const BATCH_CHUNKS = 256;
const BATCH_DOCUMENTS = 256;

/** The state of one ingest: what has been seen, what waits for its commit, and the counts of the report. */
export class IngestRun {
  readonly counts = { added: 0, changed: 0, unchanged: 0, removed: 0 };
  readonly failed: FailedDocument[] = [];
  chunks = 0;
  readonly #options: IngestOptions;
  readonly #held: ReadonlyMap<string, string>;
  readonly #cache: VectorCache | undefined;
  readonly #seen = new Set<string>();
  #batch: PreparedDocument[] = [];
  #batchChunks = 0;
  #done = 0;

  constructor(options: IngestOptions, held: ReadonlyMap<string, string>, cache: VectorCache | undefined) {
    this.#options = options;
    this.#held = held;
    this.#cache = cache;
  }

  async take(document: ParsedDocument | FailedDocument): Promise<void> {
    const id = "error" in document ? document.documentId : document.id;
    if (this.#seen.has(id)) {
      this.#fail(id, new RagError("invalid-input", `Document ${id} came twice; the first one counts.`));
      return;
    }
    this.#seen.add(id);
    if ("error" in document) {
      this.#fail(id, document.error);
      return;
    }
    const state = stateOf(this.#held.get(id), document.hash);
    if (state === "unchanged") this.#report(id, state);
    else await this.#prepare(document, state);
  }

  /** Commits what waits. */
  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchChunks = 0;
    const { committed, failed } = await commitBatch(batch, { ...this.#options, cache: this.#cache });
    for (const { documentId, error } of failed) this.#fail(documentId, error);
    for (const { change, state } of committed) {
      this.chunks += change.chunks.length;
      this.#report(change.documentId, state);
    }
  }

  /** Removes what the index held and no document came for. */
  async prune(): Promise<void> {
    const { index, signal } = this.#options;
    const gone = [...this.#held.keys()].filter((id) => !this.#seen.has(id));
    if (gone.length === 0) return;
    await index.apply({ remove: gone }, signal === undefined ? {} : { signal });
    for (const id of gone) this.#report(id, "removed");
  }

  async #prepare(document: ParsedDocument, state: "added" | "changed"): Promise<void> {
    const { id, hash } = document;
    try {
      const chunks = await this.#options.split(document);
      this.#batch.push({ change: { documentId: id, hash, chunks }, state });
      this.#batchChunks += chunks.length;
    } catch (error) {
      this.#fail(id, error instanceof Error ? error : new Error(String(error)));
    }
    if (this.#batchChunks >= BATCH_CHUNKS || this.#batch.length >= BATCH_DOCUMENTS) await this.flush();
  }

  #fail(documentId: string, error: Error): void {
    this.failed.push({ documentId, error });
    this.#report(documentId, "failed");
  }

  #report(documentId: string, state: IngestProgress["state"]): void {
    if (state !== "failed") this.counts[state]++;
    this.#options.onProgress?.({ documentId, state, done: ++this.#done });
  }
}
