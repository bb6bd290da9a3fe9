import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Paragraphs of running text (no headings, code, tables or front matter) of every Markdown file under a folder. */
export async function readParagraphs(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".md")).sort();
  const paragraphs: string[] = [];
  for (const name of names) {
    const text = await readFile(join(folder, name), "utf8");
    const body = text.replace(/^---\n[\s\S]*?\n---\n/, "").replace(/^```[\s\S]*?^```/gm, "");
    for (const block of body.split(/\n\s*\n/)) {
      const line = block.replace(/\s+/g, " ").trim();
      if (line.length >= 40 && !/^[#|!<]/.test(line)) paragraphs.push(line);
    }
  }
  return paragraphs;
}

// #region ngram
/** 字符三元模型，用 Witten–Bell 插值平滑；返回它在测试段落上的损失（nat/字）。 */
export function trigramLoss(training: readonly string[], test: readonly string[], alphabet: number): number {
  const followers = new Map<string, Map<string, number>>();
  for (const paragraph of training) {
    const characters = ["^", "^", ...paragraph];
    for (let i = 2; i < characters.length; i++) {
      for (const order of [0, 1, 2]) {
        const context = characters.slice(i - order, i).join("");
        const counts = followers.get(context) ?? new Map<string, number>();
        counts.set(characters[i]!, (counts.get(characters[i]!) ?? 0) + 1);
        followers.set(context, counts);
      }
    }
  }
  let total = 0;
  let tokens = 0;
  for (const paragraph of test) {
    const characters = ["^", "^", ...paragraph];
    for (let i = 2; i < characters.length; i++, tokens++) {
      let probability = 1 / alphabet;
      for (const order of [0, 1, 2]) {
        const counts = followers.get(characters.slice(i - order, i).join(""));
        if (!counts) continue;
        let seen = 0;
        for (const count of counts.values()) seen += count;
        probability = ((counts.get(characters[i]!) ?? 0) + counts.size * probability) / (seen + counts.size);
      }
      total -= Math.log(probability);
    }
  }
  return total / tokens;
}
// #endregion ngram
