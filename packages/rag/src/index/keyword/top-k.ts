/** Keeps the k best of a stream of scored items, the earlier one first where scores are equal. */
export class TopK<T> {
  readonly #limit: number;
  /** A heap whose root is the worst item kept. */
  readonly #heap: { score: number; order: number; item: T }[] = [];
  #added = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A score must be above this to be kept. */
  get threshold(): number {
    if (this.#limit <= 0) return Number.POSITIVE_INFINITY;
    return this.#heap.length < this.#limit ? Number.NEGATIVE_INFINITY : this.#heap[0]!.score;
  }

  add(score: number, item: T): void {
    if (!(score > this.threshold)) return;
    const node = { score, order: this.#added++, item };
    if (this.#heap.length < this.#limit) {
      this.#heap.push(node);
      this.#raise(this.#heap.length - 1);
    } else {
      this.#heap[0] = node;
      this.#sink(0);
    }
  }

  /** Best first. */
  finish(): { score: number; item: T }[] {
    return this.#heap
      .sort((one, other) => other.score - one.score || one.order - other.order)
      .map(({ score, item }) => ({ score, item }));
  }

  #raise(start: number): void {
    for (let index = start; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#worse(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(start: number): void {
    for (let index = start; ; ) {
      let worst = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.#heap.length && this.#worse(child, worst)) worst = child;
      }
      if (worst === index) return;
      this.#swap(index, worst);
      index = worst;
    }
  }

  #worse(one: number, other: number): boolean {
    const [left, right] = [this.#heap[one]!, this.#heap[other]!];
    return left.score < right.score || (left.score === right.score && left.order > right.order);
  }

  #swap(one: number, other: number): void {
    const node = this.#heap[one]!;
    this.#heap[one] = this.#heap[other]!;
    this.#heap[other] = node;
  }
}
