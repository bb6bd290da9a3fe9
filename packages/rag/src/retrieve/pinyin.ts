import { PINYIN_TABLE } from "./pinyin-table.ts";

let readings: Map<string, readonly string[]> | null = null;

/**
 * True when two Chinese characters can be read alike: the same syllable without its tone, or one that input methods
 * and southern speakers mix up (zh/z, ch/c, sh/s, n/l, -ng/-n).
 */
export function soundsAlike(a: string, b: string): boolean {
  if (a === b) return true;
  const left = readingsOf(a);
  const right = readingsOf(b);
  return left.some((reading) => right.includes(reading));
}

function readingsOf(character: string): readonly string[] {
  readings ??= load();
  return readings.get(character) ?? [];
}

function load(): Map<string, readonly string[]> {
  const table = new Map<string, string[]>();
  for (const line of PINYIN_TABLE.split("\n")) {
    const [syllable = "", characters = ""] = line.split(" ");
    const fuzzy = syllable
      .replace(/^([zcs])h/u, "$1")
      .replace(/^l(?=.)/u, "n")
      .replace(/ng$/u, "n");
    for (const character of characters) table.set(character, [...(table.get(character) ?? []), fuzzy]);
  }
  return table;
}
