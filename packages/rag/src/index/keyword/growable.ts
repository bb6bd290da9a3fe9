/** A `Uint32Array` that grows as it is appended to. */
export class GrowableUint32 {
  #values = new Uint32Array(256);
  length = 0;

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

/** Numbers pairs of numbers below 2^32 in the order in which they are first seen. */
export class PairIds {
  #firsts = new Uint32Array(512);
  #seconds = new Uint32Array(512);
  /** Open addressing, at most half full. */
  #slots = new Int32Array(1024).fill(-1);
  size = 0;

  get firsts(): Uint32Array {
    return this.#firsts.subarray(0, this.size);
  }

  get seconds(): Uint32Array {
    return this.#seconds.subarray(0, this.size);
  }

  idOf(first: number, second: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(first, second) & mask;
    for (let id = this.#slots[slot]!; id >= 0; id = this.#slots[slot]!) {
      if (this.#firsts[id] === first && this.#seconds[id] === second) return id;
      slot = (slot + 1) & mask;
    }
    if (this.size === this.#firsts.length) {
      this.#grow();
      return this.idOf(first, second);
    }
    this.#slots[slot] = this.size;
    this.#firsts[this.size] = first;
    this.#seconds[this.size] = second;
    return this.size++;
  }

  #grow(): void {
    const firsts = new Uint32Array(this.size * 2);
    firsts.set(this.#firsts);
    const seconds = new Uint32Array(this.size * 2);
    seconds.set(this.#seconds);
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = hashOf(firsts[id]!, seconds[id]!) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#firsts = firsts;
    this.#seconds = seconds;
    this.#slots = slots;
  }
}

function hashOf(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
