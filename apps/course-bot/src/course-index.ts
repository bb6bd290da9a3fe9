import { setTimeout as sleep } from "node:timers/promises";
import { type Course, writtenSections } from "@zixue/course";
import type { ProviderEmbeddings } from "@zixue/models";
import {
  type ChunkIndex,
  type IngestPlan,
  ingest,
  LocalIndex,
  MemoryIndex,
  type ParsedDocument,
  planIngest,
  type QueryTranslator,
  RagError,
  type SufficiencyThresholds,
  splitDocument,
} from "@zixue/rag";
import type { Language } from "./messages.ts";
import { indexNotes } from "./messages.ts";

export interface IndexProgress {
  readonly done: number;
  /** Sections of the course. */
  readonly total: number;
}

export interface CourseIndexOptions {
  /** Folder of the index with these embeddings, or of the one without. */
  readonly folderOf: (embeddings: ProviderEmbeddings | undefined) => string;
  readonly embeddings: ProviderEmbeddings | undefined;
  /** Vectors are kept here by content, so that a text is paid for once. */
  readonly vectorFolder: string;
  /** Lets English questions find Chinese text and the reverse. */
  readonly translator?: QueryTranslator;
  /** Stored with the index when it is built or brought up to date; until then what it has stays. */
  readonly thresholds?: SufficiencyThresholds | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: IndexProgress) => void) | undefined;
}

export interface CourseIndex {
  readonly index: ChunkIndex;
  /** What the index holds vectors of; `undefined` when it has none. */
  readonly embeddings: ProviderEmbeddings | undefined;
  /** Why the index is less than what was asked for. */
  readonly note?: Readonly<Record<Language, string>>;
}

/** How long to wait for another process that brings the index up to date. */
const LOCK_WAIT_MS = 20_000;

/**
 * Opens the course's index, up to date. It is opened for reading, so that the bot and the terminal client can use it
 * at the same time; only while something changed it is opened for writing first. What cannot be had is replaced by
 * less, with a note: no vectors where the embeddings do not answer, memory where the folder cannot be written.
 */
export async function openCourseIndex(course: Course, options: CourseIndexOptions): Promise<CourseIndex> {
  const documents = writtenSections(course).map((section) => section.document);
  try {
    return { index: await openFolder(documents, options), embeddings: options.embeddings };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const reason = (error as Error).message;
    if (error instanceof RagError && (error.code === "index-write-failed" || error.code === "index-locked")) {
      return {
        index: await openMemory(documents, options),
        embeddings: undefined,
        note: indexNotes.inMemory(reason),
      };
    }
    if (options.embeddings === undefined) throw error;
    const withoutVectors = await openCourseIndex(course, { ...options, embeddings: undefined });
    return { ...withoutVectors, note: indexNotes.withoutVectors(reason) };
  }
}

/** What an index lacks of the course. */
export function planCourse(index: ChunkIndex, course: Course): Promise<IngestPlan> {
  return planIngest(
    index,
    writtenSections(course).map((section) => section.document),
  );
}

async function openFolder(
  documents: readonly ParsedDocument[],
  options: CourseIndexOptions,
): Promise<ChunkIndex> {
  const { embeddings, translator, signal } = options;
  const settings = {
    folder: options.folderOf(embeddings),
    fingerprint: {
      embeddings: embeddings === undefined ? "none" : `${embeddings.provider}/${embeddings.model}`,
    },
    ...(translator === undefined ? {} : { translator }),
    ...(signal === undefined ? {} : { signal }),
  };
  for (let waited = 0; ; waited += 200) {
    const current = await openCurrent(documents, settings, options.thresholds !== undefined);
    if (current !== undefined) return current;
    try {
      await update(documents, settings, options);
    } catch (error) {
      const locked = error instanceof RagError && error.code === "index-locked";
      if (!locked || waited >= LOCK_WAIT_MS) throw error;
      // Another process is at it: what it commits is what we want.
      await sleep(200, undefined, signal === undefined ? {} : { signal });
    }
  }
}

type FolderSettings = Parameters<typeof LocalIndex.open>[0];

/** The index for reading, when it is there and holds the documents as they are now. */
async function openCurrent(
  documents: readonly ParsedDocument[],
  settings: FolderSettings,
  withThresholds: boolean,
): Promise<ChunkIndex | undefined> {
  let index: LocalIndex;
  try {
    index = await LocalIndex.open({ ...settings, readOnly: true });
  } catch (error) {
    if (
      error instanceof RagError &&
      ["index-missing", "index-corrupt", "index-incompatible"].includes(error.code)
    )
      return undefined;
    throw error;
  }
  const { added, changed, gone } = await planIngest(index, documents);
  const fitted = !withThresholds || (await index.thresholds()) !== null;
  if (added.length + changed.length + gone.length === 0 && fitted) return index;
  await index.close();
  return undefined;
}

async function update(
  documents: readonly ParsedDocument[],
  settings: FolderSettings,
  options: CourseIndexOptions,
): Promise<void> {
  const index = await LocalIndex.open({ ...settings, onUnusable: "rebuild" });
  try {
    const failed = await fill(index, documents, options);
    if (failed !== undefined) throw failed;
  } finally {
    await index.close();
  }
}

async function openMemory(
  documents: readonly ParsedDocument[],
  options: CourseIndexOptions,
): Promise<ChunkIndex> {
  const index = new MemoryIndex(options.translator === undefined ? {} : { translator: options.translator });
  const failed = await fill(index, documents, { ...options, embeddings: undefined });
  if (failed !== undefined) throw failed;
  return index;
}

/** Indexes what is new or changed; gives the first failure. */
async function fill(
  index: ChunkIndex,
  documents: readonly ParsedDocument[],
  options: CourseIndexOptions,
): Promise<Error | undefined> {
  const { embeddings, vectorFolder, thresholds, signal, onProgress } = options;
  const cancel = signal === undefined ? {} : { signal };
  // One short text first: it proves the settings, and says how long vectors are.
  const proven = await embeddings?.probe(cancel);
  const { failed } = await ingest({
    index,
    documents,
    split: (document) => splitDocument(document),
    prune: true,
    ...(embeddings === undefined || proven === undefined
      ? {}
      : { embeddings, embedding: { cacheFolder: vectorFolder, fingerprint: proven.fingerprint } }),
    ...cancel,
    onProgress: ({ done }) =>
      onProgress?.({ done: Math.min(done, documents.length), total: documents.length }),
  });
  if (failed.length === 0 && thresholds !== undefined) await index.setThresholds(thresholds);
  return failed[0]?.error;
}
