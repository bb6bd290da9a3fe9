import { ExactScan, type ScoredRow } from "./exact-scan.ts";
import type { GraphLabels } from "./graph-labels.ts";
import type { HnswGraph } from "./hnsw-graph.ts";
import type { VectorBlock } from "./vector-block.ts";

/** The vectors of one state of the index; rows are numbered through all blocks. Never changes. */
export interface VectorView {
  readonly dimensions: number;
  readonly blocks: readonly VectorBlock[];
  /** Keys of each block's rows, as `vectorKey` makes them. */
  readonly keys: readonly Uint32Array[];
  readonly count: number;
  /** A byte a row, 1 for rows that have a vector and belong to the present; `undefined` when all do. */
  readonly live: Uint8Array | undefined;
  readonly liveCount: number;
}

/** Rows that a filter leaves over, among the live ones. */
export interface AllowedRows {
  readonly mask: Uint8Array;
  readonly count: number;
}

export interface ServingGraph {
  readonly graph: HnswGraph;
  readonly labels: GraphLabels;
  readonly ef: number;
}

/** A filter that leaves no more than this share is answered by scanning what it leaves. */
const SCAN_SHARE = 0.2;

/**
 * The vector side: exact scan, or a graph for the vectors that it knows and a scan for the few that came since.
 * `search` is synchronous, so a state of the index never changes under a query.
 */
export class VectorSearch {
  #scan: ExactScan | undefined;
  #scanned: VectorView | undefined;
  #serving: ServingGraph | undefined;
  #placed: PlacedGraph | undefined;

  get graph(): ServingGraph | undefined {
    return this.#serving;
  }

  setGraph(graph: ServingGraph | undefined): void {
    this.#serving = graph;
    this.#placed = undefined;
  }

  /** Shares of the present state that the graph lacks (`added`) and that it holds in vain (`removed`). */
  drift(view: VectorView): { added: number; removed: number } {
    if (this.#serving === undefined) return { added: 1, removed: 0 };
    const { newRows, rows } = this.#place(this.#serving, view);
    const current = view.liveCount - newRows.length;
    return {
      added: newRows.length / Math.max(1, view.liveCount),
      removed: 1 - current / Math.max(1, rows.length),
    };
  }

  /** @param query A unit vector of the view's dimensions. */
  search(view: VectorView, query: Float32Array, limit: number, allowed?: AllowedRows): ScoredRow[] {
    const count = allowed?.count ?? view.liveCount;
    if (count === 0 || limit < 1) return [];
    const mask = allowed?.mask ?? view.live;
    if (mask !== undefined && count <= view.count * SCAN_SHARE) {
      return this.#scanFor(view).search(query, limit, { rows: selected(mask, count) });
    }
    if (this.#serving !== undefined) {
      const found = this.#searchGraph(this.#serving, view, query, Math.min(limit, count), mask, count);
      if (found !== undefined) return found;
    }
    return this.#scanFor(view).search(query, limit, mask === undefined ? undefined : { mask });
  }

  /** `undefined` when the graph's nearest do not hold enough allowed rows: then only a scan can tell. */
  #searchGraph(
    { graph, ef }: ServingGraph,
    view: VectorView,
    query: Float32Array,
    limit: number,
    mask: Uint8Array | undefined,
    count: number,
  ): ScoredRow[] | undefined {
    const { rows, newRows } = this.#place(this.#serving as ServingGraph, view);
    const share = Math.min(1, count / rows.length);
    const wanted = share > 0.999 ? limit : Math.ceil((limit / share) * 1.5) + 10;
    const found: ScoredRow[] = [];
    for (const { label, score } of graph.search(query, wanted, ef)) {
      const row = rows[label] as number;
      if (row >= 0 && (mask === undefined || mask[row] === 1)) found.push({ row, score });
    }
    if (found.length < limit && found.length + newRows.length < count) {
      if (wanted < graph.count) return undefined;
    }
    if (newRows.length === 0) return found.length <= limit ? found : found.slice(0, limit);
    const allowedNew = mask === undefined ? newRows : newRows.filter((row) => mask[row] === 1);
    const recent = this.#scanFor(view).search(query, limit, { rows: allowedNew });
    return [...found, ...recent].sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit);
  }

  #scanFor(view: VectorView): ExactScan {
    this.#scan ??= new ExactScan(view.dimensions);
    if (this.#scan.dimensions !== view.dimensions) this.#scan = new ExactScan(view.dimensions);
    if (this.#scanned !== view) this.#scan.setBlocks(view.blocks);
    this.#scanned = view;
    return this.#scan;
  }

  #place(serving: ServingGraph, view: VectorView): PlacedGraph {
    if (this.#placed?.view !== view) this.#placed = placeGraph(serving.labels, view);
    return this.#placed;
  }
}

/** Where a graph's labels are in a state of the index, and which of its live rows the graph does not know. */
interface PlacedGraph {
  readonly view: VectorView;
  /** Row by label, −1 for a vector that is gone. */
  readonly rows: Int32Array;
  readonly newRows: Uint32Array;
}

function placeGraph(labels: GraphLabels, view: VectorView): PlacedGraph {
  const rows = new Int32Array(labels.count).fill(-1);
  const newRows: number[] = [];
  let start = 0;
  view.blocks.forEach((block, index) => {
    const known = labels.labelsOf(view.keys[index] as Uint32Array);
    for (let i = 0; i < block.count; i++) {
      const row = start + i;
      if (view.live !== undefined && view.live[row] !== 1) continue;
      const label = known[i] as number;
      if (label < 0) newRows.push(row);
      else rows[label] = row;
    }
    start += block.count;
  });
  return { view, rows, newRows: Uint32Array.from(newRows) };
}

function selected(mask: Uint8Array, count: number): Uint32Array {
  const rows = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < mask.length && at < count; row++) if (mask[row] === 1) rows[at++] = row;
  return rows.subarray(0, at);
}
