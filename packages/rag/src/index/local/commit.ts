import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { type FileEntry, writeNewFile } from "./files.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { nextMerge } from "./merge-policy.ts";
import { runInSlices } from "./run-in-slices.ts";
import {
  dimensionsOf,
  freshState,
  mergeSegmentSteps,
  type NewSegment,
  type SegmentState,
  withSegment,
} from "./segment-state.ts";
import { type Snapshot, totals } from "./snapshot.ts";

export interface Committed {
  readonly manifest: Manifest;
  readonly states: readonly SegmentState[];
}

/**
 * Makes a segment part of the index, merging where the policy says so: new files first, then the manifest in one
 * rename. Until that rename the old state is the committed one, whatever fails.
 */
export async function commitSegment(
  folder: string,
  snapshot: Snapshot,
  added: NewSegment,
  fingerprint: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Committed> {
  const unwritten = new Map([[added.segment, added]]);
  let states: readonly SegmentState[] = withSegment(snapshot.states, added.segment, undefined);
  const { documents, chunks } = totals(states);
  // What is left are removals, with nothing left to remove.
  if (documents === 0) states = [];
  for (let run = nextMerge(states); run !== undefined; run = nextMerge(states)) {
    states = await mergeRun(states, run, unwritten, signal);
  }
  const written: FileEntry[] = [];
  try {
    const stored: (SegmentState & { readonly file: FileEntry })[] = [];
    for (const state of states) {
      const { segment } = state;
      let { file } = state;
      if (file === undefined) {
        const name = `segment-${randomBytes(8).toString("hex")}.zxs`;
        file = await writeNewFile(folder, name, (unwritten.get(segment) as NewSegment).parts);
        written.push(file);
      }
      stored.push({ ...state, file });
    }
    const { dimensions: before, graph, schema, revision, thresholds } = snapshot.manifest;
    const dimensions = dimensionsOf(stored);
    const manifest: Manifest = {
      schema,
      revision: revision + 1,
      documents,
      chunks,
      dimensions,
      fingerprint: { ...fingerprint },
      segments: stored.map(({ file }) => file),
      ...(graph !== undefined && dimensions === before ? { graph } : {}),
      ...(thresholds === undefined ? {} : { thresholds }),
    };
    await writeManifest(folder, manifest);
    return { manifest, states: stored };
  } catch (error) {
    await Promise.all(
      written.map(({ name }) => rm(path.join(folder, name), { force: true }).catch(() => undefined)),
    );
    throw error;
  }
}

async function mergeRun(
  states: readonly SegmentState[],
  [first, end]: readonly [number, number],
  unwritten: Map<SegmentState["segment"], NewSegment>,
  signal: AbortSignal | undefined,
): Promise<SegmentState[]> {
  const merged = await runInSlices(mergeSegmentSteps(states.slice(first, end), first === 0), signal);
  const { segment } = merged;
  const empty = segment.documentCount === 0 && segment.removed.length === 0;
  unwritten.set(segment, merged);
  return [
    ...states.slice(0, first),
    ...(empty ? [] : [freshState(segment, undefined)]),
    ...states.slice(end),
  ];
}
