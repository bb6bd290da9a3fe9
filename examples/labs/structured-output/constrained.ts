/** 约束解码的最小模型：一个乱写字的「模型」，加上一张只放行合法下一字的表。 */

export interface Outcome {
  readonly valid: number;
  readonly samples: number;
}

const alphabet = [...'{}":,truefalsc概念报错作业其他urgentegory'].filter(
  (character, index, all) => all.indexOf(character) === index,
);

/** 全部合法的输出。真正的实现从 JSON Schema 编译出文法；这里少到可以列出来。 */
export const language: readonly string[] = ["概念", "报错", "作业", "其他"].flatMap((category) =>
  [true, false].map((urgent) => JSON.stringify({ category, urgent })),
);

// #region mask
/** 已经写了 prefix，下一个字可以是什么；空集表示应当停下。 */
export function allowedNext(prefix: string): ReadonlySet<string> {
  return new Set(
    language
      .filter((text) => text.startsWith(prefix) && text.length > prefix.length)
      .map((text) => text[prefix.length]!),
  );
}

/** 逐字生成。`mask` 为真时，把不合法的字的概率清零，再从剩下的里面按原来的比例抽。 */
export function generate(
  weights: (prefix: string, next: string) => number,
  random: () => number,
  mask: boolean,
) {
  let text = "";
  while (text.length < 60) {
    const allowed = allowedNext(text);
    if (allowed.size === 0) break;
    const choices = mask ? alphabet.filter((character) => allowed.has(character)) : alphabet;
    text += pick(choices, (character) => weights(text, character), random);
  }
  return text;
}
// #endregion mask

/** 知道该写 JSON、但每个字有 `slip` 的概率写错的模型；`bias` 是它偏爱的类别。 */
export function slippery(slip: number, bias: string): (prefix: string, next: string) => number {
  return (prefix, next) => {
    const allowed = allowedNext(prefix);
    if (!allowed.has(next)) return slip / (alphabet.length - allowed.size);
    const favoured = [...allowed].filter((character) => bias.startsWith(character));
    const share =
      favoured.length === 0 ? 1 / allowed.size : favoured.includes(next) ? 0.7 : 0.3 / (allowed.size - 1);
    return (1 - slip) * (allowed.size === 1 ? 1 : share);
  };
}

export function validity(slip: number, mask: boolean, samples: number, random: () => number): Outcome {
  const weights = slippery(slip, "报错");
  let valid = 0;
  for (let i = 0; i < samples; i++) if (language.includes(generate(weights, random, mask))) valid++;
  return { valid, samples };
}

function pick(items: readonly string[], weightOf: (item: string) => number, random: () => number): string {
  const weights = items.map(weightOf);
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left <= 0) return items[index]!;
  }
  return items.at(-1)!;
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
