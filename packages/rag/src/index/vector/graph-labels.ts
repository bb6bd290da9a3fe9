/**
 * Recognises vectors of a graph by their key, so that a graph stays of use when merges move its rows: an
 * open-addressing hash table from key (two words a row) to label.
 */
export class GraphLabels {
  readonly keys: Uint32Array;
  readonly count: number;
  readonly #slots: Int32Array;
  readonly #known = new WeakMap<Uint32Array, Int32Array>();

  /** @param keys Two words a label, labels from 0. */
  constructor(keys: Uint32Array) {
    this.keys = keys;
    this.count = keys.length / 2;
    let size = 4;
    while (size < this.count * 2) size *= 2;
    this.#slots = new Int32Array(size).fill(-1);
    for (let label = 0; label < this.count; label++) {
      let slot = (keys[label * 2] as number) & (size - 1);
      while (this.#slots[slot] !== -1) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = label;
    }
  }

  /** Label of every row of a segment, −1 for those that are not in the graph. Worked out once a segment. */
  labelsOf(rowKeys: Uint32Array): Int32Array {
    const known = this.#known.get(rowKeys);
    if (known !== undefined) return known;
    const labels = new Int32Array(rowKeys.length / 2);
    for (let row = 0; row < labels.length; row++) {
      labels[row] = this.#find(rowKeys[row * 2] as number, rowKeys[row * 2 + 1] as number);
    }
    this.#known.set(rowKeys, labels);
    return labels;
  }

  #find(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const label = this.#slots[slot] as number;
      if (label === -1) return -1;
      if (this.keys[label * 2] === low && this.keys[label * 2 + 1] === high) return label;
    }
  }
}

/** Key of a vector: two independent 32-bit hashes over the chunk id and the bits of the unit vector. */
export function vectorKey(chunkId: string, unit: Float32Array): [number, number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  const mix = (value: number): void => {
    a = Math.imul(a ^ value, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b ^ value, 0x5bd1e995);
    b ^= b >>> 13;
  };
  for (let i = 0; i < chunkId.length; i++) mix(chunkId.charCodeAt(i));
  const bits = new Uint32Array(unit.buffer, unit.byteOffset, unit.length);
  for (let i = 0; i < bits.length; i++) mix(bits[i] as number);
  return [a >>> 0, b >>> 0];
}
