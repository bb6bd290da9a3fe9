import { loss, type ScalingLaw } from "./law.ts";

/** One finished training run: what a lab that fits a scaling law has in its table. */
export interface Run {
  readonly parameters: number;
  readonly tokens: number;
  readonly loss: number;
}

/** Uniform numbers in [0, 1) that are the same on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A standard normal number (Box–Muller). */
export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * A grid of runs from 70 M to 16 B parameters and 5 B to 500 B tokens (the range of Hoffmann et al. 2022), with
 * multiplicative noise on the reducible part of the loss.
 */
export function simulateRuns(law: ScalingLaw, noise: number, seed: number): Run[] {
  const random = seededRandom(seed);
  const runs: Run[] = [];
  for (const parameters of geometric(70e6, 16e9, 10)) {
    for (const tokens of geometric(5e9, 500e9, 10)) {
      const exact = loss(law, parameters, tokens);
      runs.push({ parameters, tokens, loss: law.E + (exact - law.E) * Math.exp(noise * gaussian(random)) });
    }
  }
  return runs;
}

/** `count` numbers from `low` to `high` at equal ratios. */
export function geometric(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}
