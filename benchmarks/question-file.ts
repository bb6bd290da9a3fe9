/** Reads questions from a file: plain text with one on a line (`#` begins a remark), JSONL, or a JSON list. */
import { readFile } from "node:fs/promises";
import { RagError } from "@zixue/rag";

/**
 * Questions of a file. In JSON each is a string or an object with `question`, `text` or `ask` and, where there are other
 * wordings of it, `variants`.
 *
 * @throws RagError `invalid-input` naming file and line
 */
export async function readQuestions(file: string): Promise<string[]> {
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (cause) {
    throw new RagError(
      "invalid-input",
      `${file} cannot be read. It holds one question on a line, or JSON lines such as {"question": "…"}.`,
      { cause },
    );
  }
  const text = content.replace(/^\uFEFF/u, "");
  if (/^\s*\[/u.test(text)) {
    const list = parse(text, file);
    return (Array.isArray(list) ? list : [list]).flatMap((item, place) =>
      questionsOf(item, `${file}, item ${place + 1}`),
    );
  }
  return text.split(/\r?\n/u).flatMap((line, place) => {
    const row = line.trim();
    if (row === "" || row.startsWith("#")) return [];
    const where = `${file}, line ${place + 1}`;
    return row.startsWith("{") || row.startsWith('"') ? questionsOf(parse(row, where), where) : [row];
  });
}

function parse(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new RagError("invalid-input", `${where} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

function questionsOf(item: unknown, where: string): string[] {
  if (typeof item === "string") return [item];
  const { question, text, ask, variants } = (item ?? {}) as Record<string, unknown>;
  const first = question ?? text ?? ask;
  const others = Array.isArray(variants) ? variants : [];
  const all = [first, ...others];
  if (!all.every((one) => typeof one === "string"))
    throw new RagError("invalid-input", `${where} has no question: it needs "question", "text" or "ask".`);
  return all as string[];
}
