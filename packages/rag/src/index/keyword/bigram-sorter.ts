import type { CollectedTokens } from "./invert-tokens.ts";
import { runningSums } from "./running-sums.ts";
import type { Steps } from "./steps.ts";

/** Entries, or bigrams, worked on between two pauses. */
const ENTRY_BLOCK = 64;
const BIGRAM_BLOCK = 1 << 14;

/** Sorts the bigrams whose first characters lie in a range, by first, second and entry. */
export class BigramSorter {
  /** Second character and entry of every bigram, in order of first, second and entry. */
  seconds = new Uint32Array(0);
  entries = new Uint32Array(0);
  readonly #tokens: CollectedTokens;
  readonly #characters: number;
  #firsts = new Uint32Array(0);
  #places = new Uint32Array(0);

  constructor(tokens: CollectedTokens, characters: number) {
    this.#tokens = tokens;
    this.#characters = characters;
  }

  /** @param ends Where the bigrams of each first character begin and end. */
  *sort(from: number, to: number, ends: Uint32Array): Steps<void> {
    const { starts } = this.#tokens;
    const total = ends.at(-1)!;
    this.seconds = roomFor(this.seconds, total);
    this.entries = roomFor(this.entries, total);
    this.#firsts = roomFor(this.#firsts, total);
    this.#places = roomFor(this.#places, total);
    const seconds = new Uint32Array(this.#characters);
    for (let entry = 0; entry + 1 < starts.length; entry++) {
      this.#count(entry, from, to, seconds);
      if (entry % ENTRY_BLOCK === 0) yield;
    }
    const bySecond = runningSums(seconds);
    const nextBySecond = bySecond.slice();
    for (let entry = 0; entry + 1 < starts.length; entry++) {
      this.#place(entry, from, to, nextBySecond);
      if (entry % ENTRY_BLOCK === 0) yield;
    }
    const nextByFirst = ends.slice();
    for (let second = 0, placed = 0; second < this.#characters; second++) {
      for (let at = bySecond[second]!; at < bySecond[second + 1]!; at += BIGRAM_BLOCK) {
        const end = Math.min(at + BIGRAM_BLOCK, bySecond[second + 1]!);
        this.#placeSecond(second, at, end, nextByFirst);
        placed += end - at;
        if (placed < BIGRAM_BLOCK) continue;
        placed = 0;
        yield;
      }
    }
  }

  #count(entry: number, from: number, to: number, seconds: Uint32Array): void {
    const { codes, starts } = this.#tokens;
    let previous = -1;
    for (let at = starts[entry]!; at < starts[entry + 1]!; at++) {
      const code = codes[at]!;
      const character = code < 2 || code & 1 ? -1 : (code - 2) >>> 1;
      if (character >= 0 && previous >= from && previous < to) seconds[character]!++;
      previous = character;
    }
  }

  #place(entry: number, from: number, to: number, next: Uint32Array): void {
    const { codes, starts } = this.#tokens;
    let previous = -1;
    for (let at = starts[entry]!; at < starts[entry + 1]!; at++) {
      const code = codes[at]!;
      const character = code < 2 || code & 1 ? -1 : (code - 2) >>> 1;
      if (character >= 0 && previous >= from && previous < to) {
        const slot = next[character]!++;
        this.#firsts[slot] = previous - from;
        this.#places[slot] = entry;
      }
      previous = character;
    }
  }

  #placeSecond(second: number, start: number, end: number, next: Uint32Array): void {
    for (let at = start; at < end; at++) {
      const slot = next[this.#firsts[at]!]!++;
      this.seconds[slot] = second;
      this.entries[slot] = this.#places[at]!;
    }
  }
}

function roomFor(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  return array.length >= length ? array : new Uint32Array(length);
}
