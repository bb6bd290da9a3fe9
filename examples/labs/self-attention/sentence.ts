/** One sentence, described by hand, and the weights of two layers that find what its pronoun stands for. */
import type { HeadWeights } from "./attention.ts";

/** Columns of a token's vector. The last two start empty: the first layer writes what it has read there. */
export const features = [
  "物件",
  "动词",
  "代词",
  "形容词",
  "尺寸",
  "位置",
  "读到的位置",
  "读到的尺寸",
] as const;
type Feature = (typeof features)[number];

// #region words
/** 每个词的特征。真实模型的向量由训练得到，每一维没有名字；这里手工设定，为的是每个数都能自己算。 */
const words: Record<string, Partial<Record<Feature, number>>> = {
  奖杯: { 物件: 1 },
  箱子: { 物件: 1 },
  放不进: { 动词: 1 },
  它: { 代词: 1 },
  大: { 形容词: 1, 尺寸: 1 },
  小: { 形容词: 1, 尺寸: -1 },
};
// #endregion words

export const trophy = ["奖杯", "放不进", "箱子", "因为", "它", "太", "大", "了"];

/** n × 8. Unknown words have no features; without positions, the column 位置 stays 0. */
export function embed(tokens: readonly string[], positions = true): number[][] {
  return tokens.map((token, position) =>
    features.map((feature) => (feature === "位置" && positions ? position : (words[token]?.[feature] ?? 0))),
  );
}

// #region layers
/** 第一层有两个头。头 A：物件问「动词在哪」，代词问「有哪些物件」，读回位置；头 B：代词问「哪个形容词」，读回尺寸。 */
export const firstLayer: HeadWeights = {
  query: entries(["物件", 0, 4], ["代词", 1, 4], ["代词", 4, 4]),
  key: entries(["动词", 0, 3], ["物件", 1, 3], ["形容词", 4, 3]),
  value: entries(["位置", 0, 1], ["尺寸", 4, 1]),
  output: place([0, "读到的位置"], [4, "读到的尺寸"]),
};

/** 第二层只用一个头。代词问「哪个物件」，而且尺寸为大时偏向动词前面的，尺寸为小时偏向动词后面的。 */
export const secondLayer: HeadWeights = {
  query: entries(["代词", 0, 6], ["读到的尺寸", 1, 2]),
  key: entries(["物件", 0, 4], ["读到的位置", 1, 2], ["位置", 1, -2]),
  value: entries(["位置", 0, 1]),
  output: place([0, "读到的位置"]),
};
// #endregion layers

/** An 8 × 8 matrix that is 0 except from the named features to the given columns. */
function entries(...cells: [Feature, column: number, value: number][]): number[][] {
  const matrix = features.map(() => new Array<number>(features.length).fill(0));
  for (const [feature, column, value] of cells) matrix[features.indexOf(feature)]![column] = value;
  return matrix;
}

/** An 8 × 8 matrix that copies the given columns of the heads to the named features. */
function place(...cells: [column: number, Feature][]): number[][] {
  const matrix = features.map(() => new Array<number>(features.length).fill(0));
  for (const [column, feature] of cells) matrix[column]![features.indexOf(feature)] = 1;
  return matrix;
}
