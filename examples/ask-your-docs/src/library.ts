import { createHash } from "node:crypto";
import path from "node:path";
import type { ResolvedModels } from "@zixue/models";
import {
  createRagPipeline,
  type FailedDocument,
  type IngestReport,
  loadFolder,
  type ParsedDocument,
  type RagPipeline,
} from "@zixue/rag";

export interface LibraryOptions {
  /** The files to ask. */
  readonly folder: string;
  /** Where the index is kept. */
  readonly dataFolder: string;
  readonly models?: Pick<ResolvedModels, "chat" | "embeddings" | "reranker">;
}

/** A folder of files, ready to be asked. */
export interface Library {
  readonly pipeline: RagPipeline;
  /** As last read, by id, which is the path relative to the folder. */
  readonly documents: ReadonlyMap<string, ParsedDocument>;
  /** Reads the folder and indexes what is new or changed; what cannot be read is in `failed`, and the rest goes on. */
  refresh(signal?: AbortSignal): Promise<IngestReport>;
  close(): Promise<void>;
}

/**
 * Opens the index of a folder. Call `refresh` to bring it up to date.
 *
 * @throws RagError `index-locked` while another process writes the same index.
 */
export async function openLibrary({ folder, dataFolder, models }: LibraryOptions): Promise<Library> {
  const { chat, embeddings, reranker } = models ?? {};
  const pipeline = await createRagPipeline({
    folder: indexFolder(folder, dataFolder, embeddings?.model),
    // The index can always be made again from the files, so a damaged or outdated one is replaced.
    onUnusable: "rebuild",
    about: { scope: `「${path.basename(folder)}」文件夹` },
    models: { ...(chat && { chat }), ...(embeddings && { embeddings }), ...(reranker && { reranker }) },
  });
  const documents = new Map<string, ParsedDocument>();
  return {
    pipeline,
    documents,
    refresh(signal) {
      documents.clear();
      return pipeline.ingest(readFolder(folder, documents, signal), {
        prune: true,
        ...(signal && { signal }),
      });
    },
    close: () => pipeline.close(),
  };
}

async function* readFolder(
  folder: string,
  documents: Map<string, ParsedDocument>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ParsedDocument | FailedDocument> {
  for await (const { document, failure } of loadFolder(folder, signal ? { signal } : {})) {
    if (failure) {
      yield { documentId: failure.path, error: failure.error };
      continue;
    }
    documents.set(document.id, document);
    yield document;
  }
}

/** One index for each folder and embedding model: vectors of different models cannot be compared. */
function indexFolder(folder: string, dataFolder: string, embeddingModel = "keywords"): string {
  const hash = createHash("sha256")
    .update(`${path.resolve(folder)}\n${embeddingModel}`)
    .digest("hex");
  return path.join(dataFolder, `${path.basename(folder)}-${hash.slice(0, 8)}`);
}
