/** What the tokenizers are trained on: a few English words to follow by hand, and prose of this course. */
import { readFile } from "node:fs/promises";

// #region words
/** 四个词和它们在文本里出现的次数；本节手算的合并都来自这里。 */
export const wordCounts: ReadonlyMap<string, number> = new Map([
  ["play", 4],
  ["playing", 3],
  ["sing", 2],
  ["singing", 2],
]);
// #endregion words

/** The first `length` characters of prose of a Markdown file: no front matter, headings, code, tables or figures. */
export async function readProse(file: string | URL, length: number): Promise<string> {
  const text = await readFile(file, "utf8");
  const body = text.replace(/^---\n[\s\S]*?\n---\n/, "").replace(/^```[\s\S]*?^```/gm, "");
  const lines = body.split("\n").filter((line) => line.trim() !== "" && !/^[#|!<$]/.test(line.trim()));
  return lines.join("\n").slice(0, length);
}

/** English prose, so that a tokenizer that never saw Chinese can be tried on it. */
export const english = `A language model assigns a probability to every possible next token. To do so it must first cut
the text into tokens. If every word were a token, the vocabulary would never be complete: there are always new names,
new words and misspelled words. If every character were a token, the sequences would become long, and the model would
have to learn again and again how letters form words. Subword tokens lie between the two. Frequent words become one
token, rare words are cut into a few pieces, and no text is left without tokens.`;
