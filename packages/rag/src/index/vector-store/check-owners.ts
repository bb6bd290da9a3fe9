import { RagError } from "../../errors.ts";
import type { ChunkIndex, IndexChanges } from "../chunk-index.ts";

/**
 * Checks that no chunk id would belong to two documents. The index checks it too, but only when the vectors under that
 * id have been replaced already.
 *
 * @throws RagError `invalid-input`
 */
export async function checkOwners(
  index: Pick<ChunkIndex, "get">,
  { put = [], remove = [] }: IndexChanges,
): Promise<void> {
  const gone = new Set([...remove, ...put.map(({ documentId }) => documentId)]);
  const chunks = put.flatMap((change) => change.chunks);
  const held = await index.get(chunks.map(({ id }) => id));
  const owners = new Map(
    held.filter(({ documentId }) => !gone.has(documentId)).map(({ id, documentId }) => [id, documentId]),
  );
  for (const { id, documentId } of chunks) {
    const other = owners.get(id);
    if (other !== undefined) {
      throw new RagError(
        "invalid-input",
        `Documents ${documentId} and ${other} both have a chunk with the id ${id}.`,
        { details: { chunkId: id, documentIds: [documentId, other] } },
      );
    }
    owners.set(id, documentId);
  }
}
