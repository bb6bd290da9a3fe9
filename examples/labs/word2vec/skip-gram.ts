/** Skip-gram with negative sampling: loss, gradient and training of two tables of vectors. */
import type { Vocabulary } from "./vocabulary.ts";

export type Vector = Float64Array;

/** Each word has two vectors: one as the word in the middle, one as a word beside it. The first is kept afterwards. */
export interface Model {
  readonly center: readonly Vector[];
  readonly context: readonly Vector[];
}

export function createModel(words: number, dimensions: number, random: () => number): Model {
  const table = (): Vector[] =>
    Array.from({ length: words }, () => Float64Array.from({ length: dimensions }, () => random() - 0.5));
  return { center: table(), context: table() };
}

// #region loss
/** 一对真邻居的点积应当大，几个随机抽来的假邻居的点积应当小。 */
export function pairLoss(
  model: Model,
  center: number,
  context: number,
  negatives: readonly number[],
): number {
  const middle = model.center[center]!;
  const real = -Math.log(sigmoid(dot(middle, model.context[context]!)));
  return negatives.reduce((sum, n) => sum - Math.log(sigmoid(-dot(middle, model.context[n]!))), real);
}

/** 上面这个损失的梯度：对中心词的向量，以及对每个（真或假的）邻居的向量。 */
export function pairGradient(
  model: Model,
  center: number,
  context: number,
  negatives: readonly number[],
): { center: Vector; neighbours: { word: number; gradient: Vector }[] } {
  const middle = model.center[center]!;
  const total = new Float64Array(middle.length);
  const neighbours = [context, ...negatives].map((word, i) => {
    const other = model.context[word]!;
    const error = sigmoid(dot(middle, other)) - (i === 0 ? 1 : 0);
    for (let d = 0; d < total.length; d++) total[d]! += error * other[d]!;
    return { word, gradient: middle.map((value) => error * value) };
  });
  return { center: total, neighbours };
}
// #endregion loss

export interface TrainOptions {
  readonly epochs: number;
  readonly window: number;
  readonly negatives: number;
  readonly rate: number;
  readonly random: () => number;
}

/** Changes the model in place; returns the mean loss of a pair in each pass over the text. */
export function train(
  model: Model,
  sentences: readonly (readonly string[])[],
  vocabulary: Vocabulary,
  { epochs, window, negatives, rate, random }: TrainOptions,
): number[] {
  const text = sentences.map((sentence) => sentence.map((word) => vocabulary.idOf.get(word)!));
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const step = rate * (1 - epoch / epochs);
    let sum = 0;
    let pairs = 0;
    // #region train
    for (const sentence of text) {
      for (const [i, center] of sentence.entries()) {
        for (let j = Math.max(0, i - window); j <= Math.min(sentence.length - 1, i + window); j++) {
          if (j === i) continue;
          const context = sentence[j]!;
          const fakes = Array.from({ length: negatives }, () => vocabulary.drawNegative(random)).filter(
            (word) => word !== context,
          );
          sum += pairLoss(model, center, context, fakes);
          pairs += 1;
          const gradient = pairGradient(model, center, context, fakes);
          for (const { word, gradient: g } of gradient.neighbours) descend(model.context[word]!, g, step);
          descend(model.center[center]!, gradient.center, step);
        }
      }
    }
    // #endregion train
    losses.push(sum / pairs);
  }
  return losses;
}

function descend(vector: Vector, gradient: Vector, step: number): void {
  for (let d = 0; d < vector.length; d++) vector[d]! -= step * gradient[d]!;
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
