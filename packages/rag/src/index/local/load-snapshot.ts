import { stat } from "node:fs/promises";
import { throwIfAborted } from "../../abort.ts";
import { RagError } from "../../errors.ts";
import type { QueryTranslator } from "../keyword/query.ts";
import { checkFingerprint, completeFingerprint, type IndexFingerprint } from "./fingerprint.ts";
import { loadSegments, MissingFile } from "./load-segments.ts";
import { corrupt, EMPTY_MANIFEST, type Manifest, readManifest } from "./manifest.ts";
import { type SegmentState, withSegment } from "./segment-state.ts";
import { Snapshot, totals } from "./snapshot.ts";

export interface LoadOptions {
  readonly folder: string;
  /** A reader needs an index that is there; a writer begins with an empty one. */
  readonly readOnly: boolean;
  /** Compared with the stored one unless the index is empty. */
  readonly fingerprint: IndexFingerprint | undefined;
  readonly translator: QueryTranslator | undefined;
  readonly signal: AbortSignal | undefined;
  /** The state in memory: its segments are not read again. */
  readonly previous?: Snapshot;
}

/** How often a reader starts over because a writer committed, merged and deleted while it was opening files. */
const ATTEMPTS = 20;

/**
 * Reads the last committed state of a folder.
 *
 * @throws RagError `index-missing`, `index-corrupt`, `index-incompatible`
 */
export async function loadSnapshot(options: LoadOptions): Promise<Snapshot> {
  const { folder, readOnly, fingerprint, translator, signal, previous } = options;
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal, "The caller cancelled opening the index.");
    const manifest = await readManifest(folder);
    if (manifest === undefined && readOnly) throw await missing(folder);
    if (manifest === undefined) return new Snapshot(EMPTY_MANIFEST, [], translator);
    if (manifest.documents > 0)
      checkFingerprint(folder, manifest.fingerprint, completeFingerprint(fingerprint));
    try {
      return new Snapshot(manifest, await loadStates(folder, manifest, previous, signal), translator);
    } catch (error) {
      if (!(error instanceof MissingFile)) throw error;
      const now = await readManifest(folder);
      const committed = JSON.stringify(now) !== JSON.stringify(manifest);
      if (!committed || attempt === ATTEMPTS) throw corrupt(folder, error.file, "it is missing", error);
    }
  }
}

async function loadStates(
  folder: string,
  manifest: Manifest,
  previous: Snapshot | undefined,
  signal: AbortSignal | undefined,
): Promise<SegmentState[]> {
  const known = new Map(previous?.states.map(({ file, segment }) => [file?.name ?? "", segment]));
  const segments = await loadSegments(folder, manifest.segments, known, signal);
  let states: SegmentState[] = [];
  segments.forEach((segment, index) => {
    states = withSegment(states, segment, manifest.segments[index]);
  });
  const { documents, chunks } = totals(states);
  if (documents !== manifest.documents || chunks !== manifest.chunks) {
    throw corrupt(
      folder,
      "its segments",
      `they hold ${documents} documents instead of ${manifest.documents}`,
    );
  }
  const foreign = segments.find(({ dimensions }) => dimensions !== 0 && dimensions !== manifest.dimensions);
  if (foreign !== undefined) throw corrupt(folder, "a segment", `it has ${foreign.dimensions} dimensions`);
  return states;
}

async function missing(folder: string): Promise<RagError> {
  const exists = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return new RagError(
    "index-missing",
    `There is no index in ${folder}${exists ? "" : ", and no such folder"}. Ingest documents into it first, or check the path.`,
    { details: { folder } },
  );
}
