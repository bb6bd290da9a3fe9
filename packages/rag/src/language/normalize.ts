import { simplifyCodePoint } from "@zixue/lexicon";

/** Text ready for matching, with the way back to where each part of it came from. */
export interface NormalizedText {
  readonly text: string;
  /** Offset in the original of what code unit `index` of `text` was made from. */
  start(index: number): number;
  /** Offset just behind what code unit `index` of `text` was made from. */
  end(index: number): number;
}

/**
 * NFKC, lower case, traditional → simplified: two texts that a reader takes for the same become equal.
 *
 * @example normalize("ＧＰＴ－４ 與語言") // "gpt-4 与语言"
 */
export function normalize(text: string): string {
  return normalizeWithOffsets(text).text;
}

/** Like `normalize`, for callers that must point back into the original (highlights, citations). */
export function normalizeWithOffsets(text: string): NormalizedText {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (foldOf(unit) < 0) return foldClusters(text);
  }
  const units = new Uint16Array(text.length);
  for (let index = 0; index < text.length; index++) units[index] = foldOf(text.charCodeAt(index));
  return { text: textOf(units), start: (index) => index, end: (index) => index + 1 };
}

const unknown = -2;
const needsCluster = -1;
/** Per code unit: the one code unit it folds to, or that its neighbours must be looked at too. */
const folds = new Int32Array(0x10000).fill(unknown);

function foldOf(unit: number): number {
  const known = folds[unit]!;
  return known === unknown ? computeFold(unit) : known;
}

/** Characters that join the one before them: marks, conjoining jamo, half-width voicing marks. */
const joining = /[\p{M}\u1160-\u11ff\uff9e\uff9f]/u;

function computeFold(unit: number): number {
  let fold = needsCluster;
  const character = String.fromCharCode(unit);
  if ((unit < 0xd800 || unit > 0xdfff) && !joining.test(character)) {
    const folded = foldCharacters(character);
    if (folded.length === 1) fold = folded.charCodeAt(0);
  }
  folds[unit] = fold;
  return fold;
}

function foldClusters(text: string): NormalizedText {
  const starts: number[] = [];
  const ends: number[] = [];
  const units: number[] = [];
  for (let start = 0; start < text.length; ) {
    let end = start + (text.codePointAt(start)! > 0xffff ? 2 : 1);
    while (end < text.length && foldOf(text.charCodeAt(end)) < 0) {
      const character = String.fromCodePoint(text.codePointAt(end)!);
      if (!joining.test(character)) break;
      end += character.length;
    }
    const folded = foldCharacters(text.slice(start, end));
    for (let index = 0; index < folded.length; index++) {
      units.push(folded.charCodeAt(index));
      starts.push(start);
      ends.push(end);
    }
    start = end;
  }
  return {
    text: textOf(Uint16Array.from(units)),
    start: (index) => starts[index] ?? text.length,
    end: (index) => ends[index] ?? text.length,
  };
}

function foldCharacters(characters: string): string {
  let folded = "";
  for (const character of characters.normalize("NFKC").toLowerCase()) {
    folded += String.fromCodePoint(simplifyCodePoint(character.codePointAt(0)!));
  }
  return folded;
}

function textOf(units: Uint16Array): string {
  // String.fromCharCode takes its arguments on the stack.
  const piece = 8192;
  let text = "";
  for (let index = 0; index < units.length; index += piece) {
    // `apply` takes the array as it is; spreading it would go through its iterator, six times as slow.
    text += String.fromCharCode.apply(null, units.subarray(index, index + piece) as unknown as number[]);
  }
  return text;
}
