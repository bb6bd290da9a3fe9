import { compileFilter, type Filter } from "../filter.ts";
import type { SegmentState } from "./segment-state.ts";

/**
 * Evaluates a filter for every chunk of every segment. A filter sees document id and metadata only, and neighbours
 * mostly share both, so it is run once for each run of chunks that agree.
 */
export function filterMasks(states: readonly SegmentState[], filter: Filter): Uint8Array[] {
  const test = compileFilter(filter);
  return states.map(({ segment, deadDocuments }) => {
    const mask = new Uint8Array(segment.chunkCount);
    for (let document = 0; document < segment.documentCount; document++) {
      if (deadDocuments.has(document)) continue;
      const documentId = segment.documentIds.at(document);
      const [first, end] = segment.chunkRange(document);
      let metadata = -1;
      let matches = false;
      for (let position = first; position < end; position++) {
        const index = segment.metadataIndex(position);
        if (index !== metadata) {
          matches = test({ documentId, metadata: segment.metadata(index) });
          metadata = index;
        }
        if (matches) mask[position] = 1;
      }
    }
    return mask;
  });
}
