import { trigramLoss } from "./ngram.ts";
import { seededRandom } from "./runs.ts";

export interface CurvePoint {
  readonly characters: number;
  readonly loss: number;
}

/**
 * Loss of a character trigram model on held-out paragraphs, for training sets that double each time.
 *
 * @throws Error when there is too little text for four doublings.
 */
export function dataCurve(paragraphs: readonly string[], seed = 7): CurvePoint[] {
  const shuffled = shuffle(paragraphs, seed);
  const heldOut = Math.max(10, Math.floor(shuffled.length / 5));
  const test = shuffled.slice(0, heldOut);
  const pool = shuffled.slice(heldOut);
  const alphabet = new Set(shuffled.join("")).size;
  const total = pool.reduce((sum, paragraph) => sum + [...paragraph].length, 0);
  if (total < 8_000) throw new Error(`语料只有 ${total} 个字，至少需要 8,000 字才能画出数据量曲线。`);
  return [16, 8, 4, 2, 1].map((part) => {
    const training = take(pool, total / part);
    const characters = training.reduce((sum, paragraph) => sum + [...paragraph].length, 0);
    return { characters, loss: trigramLoss(training, test, alphabet) };
  });
}

function take(paragraphs: readonly string[], characters: number): string[] {
  const taken: string[] = [];
  let sum = 0;
  for (const paragraph of paragraphs) {
    if (sum >= characters) break;
    taken.push(paragraph);
    sum += [...paragraph].length;
  }
  return taken;
}

function shuffle(items: readonly string[], seed: number): string[] {
  const random = seededRandom(seed);
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
