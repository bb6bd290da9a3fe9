/** The best `capacity` rows seen so far: a binary heap with the worst on top, over typed arrays. */
export class TopRows {
  readonly #capacity: number;
  readonly #rows: Uint32Array;
  readonly #scores: Float64Array;
  #size = 0;
  /** A row must score above this to be kept: −∞ until the heap is full. */
  floor = Number.NEGATIVE_INFINITY;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#rows = new Uint32Array(capacity);
    this.#scores = new Float64Array(capacity);
  }

  /** Call only with `score > floor`. */
  add(row: number, score: number): void {
    if (this.#size < this.#capacity) this.#siftUp(this.#size++, row, score);
    else this.#siftDown(row, score);
    if (this.#size === this.#capacity) this.floor = this.#scores[0] as number;
  }

  /** In no particular order. */
  rows(): number[] {
    return Array.from(this.#rows.subarray(0, this.#size));
  }

  #siftUp(start: number, row: number, score: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#scores[parent] as number) <= score) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#set(at, row, score);
  }

  #siftDown(row: number, score: number): void {
    const size = this.#size;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= size) break;
      if (child + 1 < size && (this.#scores[child + 1] as number) < (this.#scores[child] as number)) child++;
      if ((this.#scores[child] as number) >= score) break;
      this.#move(child, at);
      at = child;
    }
    this.#set(at, row, score);
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#rows[from] as number, this.#scores[from] as number);
  }

  #set(at: number, row: number, score: number): void {
    this.#rows[at] = row;
    this.#scores[at] = score;
  }
}
