/** Texts to count: five hand-made sentences small enough to check with a pencil, and the running text of the course. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

// #region corpus
/** 五个已经分好词的句子；本节手算的数字都来自这里。 */
export const tinyCorpus: readonly string[][] = [
  "小猫 在 沙发 上 睡觉",
  "小猫 在 院子 里 玩",
  "小狗 在 院子 里 玩",
  "小狗 在 地毯 上 睡觉",
  "小猫 喜欢 沙发",
].map((sentence) => sentence.split(" "));
// #endregion corpus

/** Sentences of the Markdown files under a folder, as lists of characters: no front matter, code, tables or formulas. */
export async function readSentences(folder: string): Promise<string[][]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".md")).sort();
  const sentences: string[][] = [];
  for (const name of names) {
    const text = await readFile(join(folder, name), "utf8");
    const body = text
      .replace(/^---\n[\s\S]*?\n---\n/, "")
      .replace(/^```[\s\S]*?^```/gm, "")
      .replace(/^\$\$[\s\S]*?^\$\$/gm, "");
    for (const line of body.split("\n")) {
      if (/^[#|!<]/.test(line.trim())) continue;
      const prose = line.replace(/^\s*(?:-|\d+\.)\s+/, "").replace(/[`*]/g, "");
      for (const sentence of prose.match(/[^。！？]+[。！？]?/gu) ?? []) {
        const characters = [...sentence.trim()];
        if (characters.length >= 5) sentences.push(characters);
      }
    }
  }
  return sentences;
}

/** Every fifth sentence is for the test; its characters that training never saw become `<unk>`. */
export function split(sentences: readonly string[][]): { training: string[][]; test: string[][] } {
  const training = sentences.filter((_, i) => i % 5 !== 0);
  const known = new Set(training.flat());
  const test = sentences
    .filter((_, i) => i % 5 === 0)
    .map((sentence) => sentence.map((character) => (known.has(character) ? character : "<unk>")));
  return { training, test };
}
