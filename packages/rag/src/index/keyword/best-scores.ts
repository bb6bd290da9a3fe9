/** The k best of a stream of scores: a heap over a typed array, with the worst of them on top. */
export class BestScores {
  readonly #heap: Float64Array;
  #size = 0;
  /** A score must be above this to count; −∞ while there are fewer than k. */
  threshold = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#heap = new Float64Array(Math.max(1, limit));
  }

  /** Call only with `score > threshold`. */
  add(score: number): void {
    const heap = this.#heap;
    if (this.#size < heap.length) {
      let at = this.#size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (heap[parent]! <= score) break;
        heap[at] = heap[parent]!;
        at = parent;
      }
      heap[at] = score;
    } else {
      let at = 0;
      for (let child = 1; child < heap.length; child = 2 * at + 1) {
        if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
        if (heap[child]! >= score) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = score;
    }
    if (this.#size === heap.length) this.threshold = heap[0]!;
  }
}
