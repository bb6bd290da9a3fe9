import type { Neighbour } from "./exact.ts";

/** A binary heap of neighbours; `first` is the one that `before` ranks ahead of all others. */
export class NeighbourHeap {
  readonly #items: Neighbour[] = [];
  readonly #before: (a: Neighbour, b: Neighbour) => boolean;

  private constructor(before: (a: Neighbour, b: Neighbour) => boolean) {
    this.#before = before;
  }

  /** Nearest first: candidates that are still to be expanded. */
  static nearestFirst(): NeighbourHeap {
    return new NeighbourHeap((a, b) => a.distance < b.distance);
  }

  /** Farthest first: results, whose worst is thrown out when a better one comes. */
  static farthestFirst(): NeighbourHeap {
    return new NeighbourHeap((a, b) => a.distance > b.distance);
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): Neighbour | undefined {
    return this.#items[0];
  }

  /** All items, in no particular order. */
  values(): readonly Neighbour[] {
    return this.#items;
  }

  push(item: Neighbour): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(items[at]!, items[parent]!)) break;
      [items[at], items[parent]] = [items[parent]!, items[at]!];
      at = parent;
    }
  }

  pop(): Neighbour | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    items[0] = last;
    for (let at = 0; ; ) {
      let next = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && this.#before(items[child]!, items[next]!)) next = child;
      }
      if (next === at) return first;
      [items[at], items[next]] = [items[next]!, items[at]!];
      at = next;
    }
  }
}
