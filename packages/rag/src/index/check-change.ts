import type { Chunk } from "../chunk/chunk.ts";
import { RagError } from "../errors.ts";
import type { IndexChanges, SearchRequest } from "./chunk-index.ts";
import { runSteps, type Steps } from "./keyword/steps.ts";
import { unitVector } from "./vector/unit-vectors.ts";

/**
 * Checks a change before anything of it is applied and gives each document's vectors scaled to length 1.
 *
 * @param dimensions Of the vectors that stay in the index; 0 when there are none.
 * @throws {RagError} `invalid-input` or `invalid-vector`, naming document and chunk
 */
export function checkChanges(changes: IndexChanges, dimensions: number): Map<string, Float32Array[]> {
  return runSteps(checkChangeSteps(changes, dimensions));
}

/** `checkChanges` with pauses. */
export function* checkChangeSteps(
  changes: IndexChanges,
  dimensions: number,
): Steps<Map<string, Float32Array[]>> {
  const vectors = new Map<string, Float32Array[]>();
  let expected = dimensions;
  for (const change of changes.put ?? []) {
    const { documentId, chunks } = change;
    requireText(documentId, "A document id");
    requireText(change.hash, `The hash of document ${documentId}`);
    if (vectors.has(documentId)) {
      throw invalidInput(`Document ${documentId} is put twice in one change; put it once.`, { documentId });
    }
    checkChunks(chunks, documentId);
    if (change.vectors !== undefined && change.vectors.length !== chunks.length) {
      throw new RagError(
        "invalid-vector",
        `Document ${documentId} has ${chunks.length} chunks and ${change.vectors.length} vectors; give one vector per chunk, or none at all.`,
        { details: { documentId, chunks: chunks.length, vectors: change.vectors.length } },
      );
    }
    const units = Array.from(change.vectors ?? [], (vector, index) => {
      const where = `chunk ${chunks[index]!.id}`;
      const unit = unitVector(vector, expected > 0 ? { dimensions: expected, where } : { where });
      expected = unit.length;
      return unit;
    });
    vectors.set(documentId, units);
    yield;
  }
  for (const documentId of changes.remove ?? []) requireText(documentId, "The id of a document to remove");
  return vectors;
}

/** @throws {RagError} `invalid-input` when nothing is asked for or the limit is no positive integer */
export function checkSearchRequest({ text, vector, limit }: SearchRequest): void {
  if (text === undefined && vector === undefined) {
    throw invalidInput("A search needs a text, a vector or both; pass `text` for the keyword side.", {});
  }
  if (text !== undefined && typeof text !== "string") {
    throw invalidInput(`The text of a search must be a string, not ${typeof text}.`, { text });
  }
  if (!Number.isInteger(limit) || limit < 1) {
    throw invalidInput(`The limit of a search must be a positive integer, not ${String(limit)}.`, { limit });
  }
}

function checkChunks(chunks: readonly Chunk[], documentId: string): void {
  const ids = new Set<string>();
  for (const chunk of chunks) {
    requireText(chunk.id, `The id of a chunk of document ${documentId}`);
    if (chunk.documentId !== documentId) {
      throw invalidInput(
        `Chunk ${chunk.id} belongs to document ${chunk.documentId}, not to ${documentId} under which it was put.`,
        { chunkId: chunk.id, documentId },
      );
    }
    if (ids.has(chunk.id)) {
      throw invalidInput(`Document ${documentId} has two chunks with the id ${chunk.id}.`, {
        chunkId: chunk.id,
      });
    }
    ids.add(chunk.id);
    for (const [field, value] of Object.entries(chunk.metadata)) {
      if (typeof value !== "number" || Number.isFinite(value)) continue;
      throw invalidInput(`Chunk ${chunk.id} has the metadata ${field}: ${value}, which cannot be stored.`, {
        chunkId: chunk.id,
        field,
      });
    }
  }
}

function requireText(value: unknown, what: string): void {
  if (typeof value === "string" && value !== "" && !/\p{Surrogate}/u.test(value)) return;
  throw invalidInput(`${what} must be a non-empty string of valid Unicode, not ${JSON.stringify(value)}.`, {
    value,
  });
}

function invalidInput(message: string, details: Readonly<Record<string, unknown>>): RagError {
  return new RagError("invalid-input", message, { details });
}
