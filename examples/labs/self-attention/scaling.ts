/** What the division by √d is for: dot products of longer vectors spread further, and softmax saturates. */
import { softmax } from "./matrix.ts";
import { gaussian, seededRandom } from "./random.ts";

export interface SoftmaxSpread {
  readonly size: number;
  /** Standard deviation of q · k for components of mean 0 and variance 1; close to √size. */
  readonly deviation: number;
  /** Mean of the largest of 8 weights, without and with the division. */
  readonly largest: number;
  readonly largestScaled: number;
  /** Mean slope w·(1 − w) of that weight: how much a change of its score still moves it. */
  readonly slope: number;
  readonly slopeScaled: number;
}

export function measureScaling(size: number, trials: number, seed: number): SoftmaxSpread {
  const random = seededRandom(seed);
  const vector = (): number[] => Array.from({ length: size }, () => gaussian(random));
  let squares = 0;
  const sums = { largest: 0, largestScaled: 0, slope: 0, slopeScaled: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const query = vector();
    const scores = Array.from({ length: 8 }, () =>
      vector().reduce((sum, value, i) => sum + value * query[i]!, 0),
    );
    squares += scores.reduce((sum, score) => sum + score * score, 0);
    const plain = Math.max(...softmax(scores));
    const scaled = Math.max(...softmax(scores.map((score) => score / Math.sqrt(size))));
    sums.largest += plain;
    sums.largestScaled += scaled;
    sums.slope += plain * (1 - plain);
    sums.slopeScaled += scaled * (1 - scaled);
  }
  return {
    size,
    deviation: Math.sqrt(squares / (8 * trials)),
    largest: sums.largest / trials,
    largestScaled: sums.largestScaled / trials,
    slope: sums.slope / trials,
    slopeScaled: sums.slopeScaled / trials,
  };
}
