/**
 * Hierarchical Navigable Small World graphs after Malkov & Yashunin 2018 (arXiv:1603.09320), algorithms 1, 2, 4 and 5:
 * insertion, search in one layer, the neighbour heuristic, and the descent from the top layer.
 */
import type { Distance, Neighbour } from "./exact.ts";
import { NeighbourHeap } from "./heap.ts";

export interface HnswOptions {
  /** Links that a new vector gets in each layer; the ground layer may hold twice as many. */
  readonly M: number;
  /** Candidates kept while looking for those links. */
  readonly efConstruction: number;
  readonly random: () => number;
  readonly distance: Distance;
}

export class HnswIndex {
  readonly #options: HnswOptions;
  readonly #vectors: Float32Array[] = [];
  /** `#links[id][layer]`: ids that a vector is linked to in that layer. */
  readonly #links: number[][][] = [];
  #entry = -1;

  constructor(options: HnswOptions) {
    this.#options = options;
  }

  /** Vectors per layer, ground layer first. */
  get layers(): number[] {
    const counts: number[] = [];
    for (const links of this.#links)
      links.forEach((_, layer) => {
        counts[layer] = (counts[layer] ?? 0) + 1;
      });
    return counts;
  }

  /** Links of all layers together: what the graph costs in memory, one integer each. */
  get linkCount(): number {
    return this.#links.reduce((sum, layers) => sum + layers.reduce((inner, ids) => inner + ids.length, 0), 0);
  }

  // #region insert
  add(vector: Float32Array): void {
    const { M, efConstruction, random } = this.#options;
    const id = this.#vectors.push(vector) - 1;
    // 层数按指数分布抽取：每往上一层，人数约为下一层的 1/M。
    const top = Math.floor(-Math.log(1 - random()) / Math.log(M));
    this.#links.push(Array.from({ length: top + 1 }, () => []));
    if (this.#entry < 0) {
      this.#entry = id;
      return;
    }
    const entryTop = this.#links[this.#entry]!.length - 1;
    let nearest = this.#descend(vector, entryTop, top);
    for (let layer = Math.min(top, entryTop); layer >= 0; layer--) {
      const found = this.#searchLayer(vector, nearest, efConstruction, layer);
      for (const neighbour of this.#select(found, M)) {
        this.#links[id]![layer]!.push(neighbour.id);
        this.#connect(neighbour.id, id, layer);
      }
      nearest = found;
    }
    if (top > entryTop) this.#entry = id;
  }
  // #endregion insert

  // #region search
  /** 从最高层的入口贪心下降到第 1 层，再在第 0 层保留 ef 个候选做一次较宽的搜索。 */
  search(query: Float32Array, k: number, ef: number): Neighbour[] {
    if (this.#entry < 0) return [];
    const nearest = this.#descend(query, this.#links[this.#entry]!.length - 1, 0);
    return this.#searchLayer(query, nearest, Math.max(ef, k), 0).slice(0, k);
  }

  /** 在高于 toLayer 的各层里，每层只跟着最近的邻居走，直到走不动。 */
  #descend(query: Float32Array, fromLayer: number, toLayer: number): Neighbour[] {
    let nearest = [{ id: this.#entry, distance: this.#options.distance(query, this.#vectors[this.#entry]!) }];
    for (let layer = fromLayer; layer > toLayer; layer--)
      nearest = this.#searchLayer(query, nearest, 1, layer);
    return nearest;
  }

  /** 一层之内的搜索：总是展开离 query 最近的候选；最近的候选也比第 ef 名结果远时停下。 */
  #searchLayer(query: Float32Array, entries: readonly Neighbour[], ef: number, layer: number): Neighbour[] {
    const seen = new Set(entries.map(({ id }) => id));
    const candidates = NeighbourHeap.nearestFirst();
    const results = NeighbourHeap.farthestFirst();
    for (const entry of entries) {
      candidates.push(entry);
      results.push(entry);
    }
    while (results.size > ef) results.pop();
    for (let current = candidates.pop(); current; current = candidates.pop()) {
      if (results.size >= ef && current.distance > results.first!.distance) break;
      for (const id of this.#links[current.id]![layer]!) {
        if (seen.has(id)) continue;
        seen.add(id);
        const neighbour = { id, distance: this.#options.distance(query, this.#vectors[id]!) };
        if (results.size >= ef && neighbour.distance >= results.first!.distance) continue;
        candidates.push(neighbour);
        results.push(neighbour);
        if (results.size > ef) results.pop();
      }
    }
    return [...results.values()].sort((a, b) => a.distance - b.distance);
  }
  // #endregion search

  /**
   * The heuristic of algorithm 4: a candidate is linked only when it is nearer to the new vector than to any neighbour
   * chosen before. It keeps links that lead out of a cluster; places left over go to the nearest that were passed over.
   */
  #select(candidates: readonly Neighbour[], count: number): Neighbour[] {
    const chosen: Neighbour[] = [];
    const passedOver: Neighbour[] = [];
    for (const candidate of candidates) {
      if (chosen.length >= count) break;
      const vector = this.#vectors[candidate.id]!;
      const shadowed = chosen.some(
        ({ id }) => this.#options.distance(vector, this.#vectors[id]!) < candidate.distance,
      );
      (shadowed ? passedOver : chosen).push(candidate);
    }
    return [...chosen, ...passedOver.slice(0, Math.max(0, count - chosen.length))];
  }

  /** Adds the link back from an older vector, and prunes it to its limit. */
  #connect(from: number, to: number, layer: number): void {
    const links = this.#links[from]![layer]!;
    links.push(to);
    const limit = layer === 0 ? 2 * this.#options.M : this.#options.M;
    if (links.length <= limit) return;
    const vector = this.#vectors[from]!;
    const ranked = links
      .map((id) => ({ id, distance: this.#options.distance(vector, this.#vectors[id]!) }))
      .sort((a, b) => a.distance - b.distance);
    this.#links[from]![layer] = this.#select(ranked, limit).map(({ id }) => id);
  }
}
