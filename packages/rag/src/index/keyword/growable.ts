/** A `Uint32Array` that grows as it is appended to. */
export class GrowableUint32 {
  #values: Uint32Array;
  length = 0;

  constructor(capacity = 256) {
    this.#values = new Uint32Array(Math.max(1, capacity));
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new Uint32Array(this.#values.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.length++] = value;
  }

  /** A view of what was appended, valid until the next `push`. */
  view(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }
}
