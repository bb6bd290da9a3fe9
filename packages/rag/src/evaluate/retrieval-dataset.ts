import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { RagError } from "../errors.ts";
import type { RetrievalDataset } from "./evaluate-retrieval.ts";

const documentSchema = z.object({ id: z.string().min(1), title: z.string().default(""), text: z.string() });
const querySchema = z.object({ id: z.string().min(1), text: z.string() });

/**
 * Reads a retrieval dataset from a folder: `corpus.jsonl` ({id, title, text} a line), `queries.jsonl` ({id, text}) and
 * `qrels.tsv` (query id, document id and grade, parted by tabs).
 *
 * @throws {RagError} `invalid-input` naming file, line and what is wrong with it
 */
export async function readRetrievalDataset(folder: string): Promise<RetrievalDataset> {
  const [corpus, queries, qrels] = await Promise.all([
    readLines(folder, "corpus.jsonl", (line) => documentSchema.parse(JSON.parse(line))),
    readLines(folder, "queries.jsonl", (line) => querySchema.parse(JSON.parse(line))),
    readLines(folder, "qrels.tsv", parseJudgement),
  ]);
  const documentIds = new Set(corpus.map(({ id }) => id));
  if (documentIds.size !== corpus.length)
    throw invalid(join(folder, "corpus.jsonl"), "has an id more than once");
  const relevance = new Map<string, Map<string, number>>();
  for (const [query, document, grade] of qrels) {
    if (!documentIds.has(document)) {
      throw invalid(
        join(folder, "qrels.tsv"),
        `names document ${document}, which corpus.jsonl does not have`,
      );
    }
    const judged = relevance.get(query) ?? new Map<string, number>();
    relevance.set(query, judged.set(document, grade));
  }
  return { corpus, queries, qrels: relevance };
}

async function readLines<T>(folder: string, name: string, parse: (line: string) => T): Promise<T[]> {
  const file = join(folder, name);
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (cause) {
    throw invalid(file, "cannot be read; a dataset has corpus.jsonl, queries.jsonl and qrels.tsv", cause);
  }
  const rows: T[] = [];
  content.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "") return;
    try {
      rows.push(parse(line));
    } catch (cause) {
      throw invalid(file, `line ${index + 1} is not as expected: ${line.slice(0, 80)}`, cause);
    }
  });
  return rows;
}

function parseJudgement(line: string): [query: string, document: string, grade: number] {
  const [query, document, grade = "1"] = line.split("\t");
  const value = Number(grade);
  if (!query || !document || !Number.isFinite(value)) throw new TypeError("needs query, document and grade");
  return [query, document, value];
}

function invalid(file: string, problem: string, cause?: unknown): RagError {
  return new RagError("invalid-input", `${file}: ${problem}.`, { cause, details: { file } });
}
