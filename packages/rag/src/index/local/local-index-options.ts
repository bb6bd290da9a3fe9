import type { QueryTranslator } from "../keyword/query.ts";
import type { IndexFingerprint } from "./fingerprint.ts";
import type { OpenOptions } from "./open-snapshot.ts";

export interface LocalIndexOptions {
  /** Created when it is missing, unless `readOnly`. */
  readonly folder: string;
  /**
   * `auto` (default): exact scan; above 20,000 vectors a graph (HNSW, the optional peer `hnswlib-node`) is built in a
   * worker and serves once it is ready, reaches a recall@10 of .99 and is faster. `hnsw`: a graph at any size.
   * `exact`: never.
   */
  readonly vectors?: "exact" | "hnsw" | "auto";
  /** Compared with what the index was built with; the parts that are not given are not compared. */
  readonly fingerprint?: IndexFingerprint;
  /** Any number of readers may open a folder while one process writes; they keep their state until `refresh()`. */
  readonly readOnly?: boolean;
  /**
   * When to claim the right to write, which one process at a time may have: on `open` (default), so that a second
   * writer fails at once, or with the first `write`, so that any number of processes may open the folder and ask.
   */
  readonly lock?: "open" | "write";
  /**
   * What to do with a damaged index or one with another fingerprint: fail (default), or begin with an empty one whose
   * first commit replaces it.
   */
  readonly onUnusable?: "fail" | "rebuild";
  /** Lets questions of one language find text of the other. */
  readonly translator?: QueryTranslator;
  readonly signal?: AbortSignal;
}

/** What of the options reading a folder needs. */
export function openOptions(
  folder: string,
  options: LocalIndexOptions,
  signal: AbortSignal | undefined,
): OpenOptions {
  const { readOnly = false, fingerprint, translator, onUnusable } = options;
  return { folder, readOnly, fingerprint, translator, onUnusable, signal };
}
