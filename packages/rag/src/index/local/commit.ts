import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { RagError } from "../../errors.ts";
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
  const unmerged = withSegment(snapshot.states, added.segment, undefined);
  // What is left may be removals, with nothing left to remove.
  const plain = totals(unmerged).documents === 0 ? [] : unmerged;
  let states: readonly SegmentState[] = plain;
  for (let run = nextMerge(states); run !== undefined; run = nextMerge(states)) {
    states = await mergeRun(states, run, unwritten, signal);
  }
  try {
    return await writeStates(folder, snapshot, states, unwritten, fingerprint);
  } catch (error) {
    // A merge needs room for a copy of what it merges; the change itself may still fit.
    const isFull = error instanceof RagError && error.code === "index-write-failed";
    if (!isFull || states === plain) throw error;
    return await writeStates(folder, snapshot, plain, unwritten, fingerprint);
  }
}

async function writeStates(
  folder: string,
  snapshot: Snapshot,
  states: readonly SegmentState[],
  unwritten: ReadonlyMap<SegmentState["segment"], NewSegment>,
  fingerprint: Readonly<Record<string, string>>,
): Promise<Committed> {
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
      ...totals(stored),
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
