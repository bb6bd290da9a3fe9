import type { Chunk } from "../../chunk/chunk.ts";
import type { SearchRequest, SearchResult } from "../chunk-index.ts";
import type { Filter } from "../filter.ts";
import type { SegmentView } from "../keyword/build-segment.ts";
import { deletedTermSteps } from "../keyword/deleted-terms.ts";
import { KeywordSearcher } from "../keyword/keyword-searcher.ts";
import type { QueryTranslator } from "../keyword/query.ts";
import type { Steps } from "../keyword/steps.ts";
import type { AllowedRows, VectorView } from "../vector/vector-search.ts";
import { filterMasks } from "./filter-masks.ts";
import type { Manifest } from "./manifest.ts";
import { runInSlices } from "./run-in-slices.ts";
import { liveChunks, type SegmentState } from "./segment-state.ts";

/** A chunk by its place: segment and position in it. */
export interface Place {
  readonly segment: number;
  readonly position: number;
}

/** How many filters' masks are kept: questions to one course use a few filters over and over. */
const CACHED_FILTERS = 16;

/**
 * One committed state of an index in memory. Immutable, so that a query sees one state from beginning to end; what is
 * derived from it is worked out when first asked for.
 */
export class Snapshot {
  readonly manifest: Manifest;
  readonly states: readonly SegmentState[];
  readonly #translator: QueryTranslator | undefined;
  readonly #masks = new Map<string, readonly Uint8Array[]>();
  readonly #allowed = new WeakMap<readonly Uint8Array[], AllowedRows>();
  #keyword: KeywordSearcher | undefined;
  #preparing: Promise<void> | undefined;
  #vectors: VectorView | undefined;
  #documents: ReadonlyMap<string, string> | undefined;

  constructor(manifest: Manifest, states: readonly SegmentState[], translator: QueryTranslator | undefined) {
    this.manifest = manifest;
    this.states = states;
    this.#translator = translator;
  }

  /** True when a keyword search for this text asks the translator. */
  translates(text: string): boolean {
    return this.#searcher().translates(text);
  }

  searchKeyword(text: string, { filter, limit, asWritten }: SearchRequest): Omit<SearchResult, "vector"> {
    const masks = filter === undefined ? undefined : this.masks(filter);
    const accept = (segment: number, position: number): boolean => masks?.[segment]?.[position] === 1;
    const { hits, ...rest } = this.#searcher().search(
      text,
      masks === undefined ? { limit, asWritten } : { limit, asWritten, accept },
    );
    return {
      ...rest,
      keyword: hits.map(({ view, entry, score }) => ({
        chunk: this.chunkAt({ segment: view, position: entry }),
        score,
      })),
    };
  }

  get vectors(): VectorView {
    this.#vectors ??= vectorView(this.manifest.dimensions, this.states);
    return this.#vectors;
  }

  chunkAt({ segment, position }: Place): Chunk {
    return (this.states[segment] as SegmentState).segment.chunk(position);
  }

  /** Place of a row of the vector view. */
  placeOfRow(row: number): Place {
    let position = row;
    for (let segment = 0; segment < this.states.length; segment++) {
      const count = (this.states[segment] as SegmentState).segment.vectors?.count ?? 0;
      if (position < count) return { segment, position };
      position -= count;
    }
    throw new RangeError(`row ${row} is not in this state of the index`);
  }

  findChunk(id: string): Place | undefined {
    // The newest first: what replaces is found before what it replaced.
    for (let segment = this.states.length - 1; segment >= 0; segment--) {
      const state = this.states[segment] as SegmentState;
      const position = state.segment.chunkIds.find(id);
      if (position >= 0 && !state.deadChunks.has(position)) return { segment, position };
    }
    return undefined;
  }

  hasDocument(id: string): boolean {
    return this.states.some(({ segment, deadDocuments }) => {
      const document = segment.documentIds.find(id);
      return document >= 0 && !deadDocuments.has(document);
    });
  }

  chunksOf(documentId: string): Chunk[] {
    for (const { segment, deadDocuments } of this.states.toReversed()) {
      const document = segment.documentIds.find(documentId);
      if (document < 0 || deadDocuments.has(document)) continue;
      const [first, end] = segment.chunkRange(document);
      return Array.from({ length: end - first }, (_, index) => segment.chunk(first + index));
    }
    return [];
  }

  documents(): ReadonlyMap<string, string> {
    if (this.#documents === undefined) {
      const documents = new Map<string, string>();
      for (const { segment, deadDocuments } of this.states) {
        for (let document = 0; document < segment.documentCount; document++) {
          if (!deadDocuments.has(document))
            documents.set(segment.documentIds.at(document), segment.hash(document));
        }
      }
      this.#documents = documents;
    }
    return this.#documents;
  }

  /**
   * Decodes what keyword search needs, without holding up the event loop: to be awaited before the two above. What a
   * writer has just made is there already.
   */
  async prepareKeyword(): Promise<void> {
    if (this.#keyword !== undefined) return;
    this.#preparing ??= this.#prepare();
    try {
      await this.#preparing;
    } catch (error) {
      this.#preparing = undefined;
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const { states } = this;
    const views = await runInSlices(keywordViewSteps(states));
    this.#keyword = new KeywordSearcher(
      views,
      this.#translator === undefined ? {} : { translator: this.#translator },
    );
  }

  #searcher(): KeywordSearcher {
    if (this.#keyword === undefined) throw new Error("prepareKeyword must be awaited first");
    return this.#keyword;
  }

  /** A byte a chunk for each segment, 1 where the filter holds. Dead chunks may be among them. */
  masks(filter: Filter): readonly Uint8Array[] {
    const key = JSON.stringify(filter);
    const known = this.#masks.get(key);
    if (known !== undefined) return known;
    const masks = filterMasks(this.states, filter);
    if (this.#masks.size >= CACHED_FILTERS) this.#masks.delete(this.#masks.keys().next().value as string);
    this.#masks.set(key, masks);
    return masks;
  }

  /** The live rows of the vector view for which the filter holds. */
  allowedRows(filter: Filter): AllowedRows {
    const masks = this.masks(filter);
    const known = this.#allowed.get(masks);
    if (known !== undefined) return known;
    const { live, count: size } = this.vectors;
    const mask = new Uint8Array(size);
    let count = 0;
    let row = 0;
    this.states.forEach(({ segment }, index) => {
      const allowed = masks[index] as Uint8Array;
      for (let position = 0; position < (segment.vectors?.count ?? 0); position++, row++) {
        if (allowed[position] !== 1 || (live !== undefined && live[row] !== 1)) continue;
        mask[row] = 1;
        count++;
      }
    });
    const rows = { mask, count };
    this.#allowed.set(masks, rows);
    return rows;
  }
}

/** Totals of a state, as its manifest gives them. */
export function totals(states: readonly SegmentState[]): { documents: number; chunks: number } {
  let documents = 0;
  let chunks = 0;
  for (const state of states) {
    documents += state.segment.documentCount - state.deadDocuments.size;
    chunks += liveChunks(state);
  }
  return { documents, chunks };
}

function* keywordViewSteps(states: readonly SegmentState[]): Steps<SegmentView[]> {
  const views: SegmentView[] = [];
  for (const { segment, deadChunks } of states) {
    const keyword = yield* segment.keywordSteps();
    yield* deletedTermSteps(keyword, deadChunks);
    views.push({ segment: keyword, deleted: deadChunks });
  }
  return views;
}

function vectorView(dimensions: number, states: readonly SegmentState[]): VectorView {
  const withVectors = states.flatMap(({ segment, deadChunks }) =>
    segment.vectors === undefined ? [] : [{ block: segment.vectors, keys: segment.vectorKeys, deadChunks }],
  );
  const count = withVectors.reduce((sum, { block }) => sum + block.count, 0);
  const live = new Uint8Array(count).fill(1);
  let liveCount = count;
  let start = 0;
  for (const { block, deadChunks } of withVectors) {
    for (let i = 0; i < block.count; i++) {
      if (block.scales[i] !== 0 && !deadChunks.has(i)) continue;
      live[start + i] = 0;
      liveCount--;
    }
    start += block.count;
  }
  return {
    dimensions,
    blocks: withVectors.map(({ block }) => block),
    keys: withVectors.map(({ keys }) => keys),
    count,
    live: liveCount === count ? undefined : live,
    liveCount,
  };
}
