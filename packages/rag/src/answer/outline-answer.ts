import type { Chunk } from "../chunk/chunk.ts";
import { blockUrl } from "../document/document.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";
import { type OutlineRequest, outlineRequest } from "../retrieve/outline-request.ts";
import type { Knowledge, OutlineEntry } from "./knowledge.ts";
import { type About, type MessageLanguage, messages } from "./messages.ts";

type Index = Pick<ChunkIndex, "chunksOf" | "documents">;

/**
 * Answers a question about the documents themselves from their outline, or where the author gave none, from the titles
 * of what is indexed: what they hold, what one section holds, where to begin. Markdown with links and no citations;
 * null for any other question.
 */
export async function outlineAnswer(
  question: string,
  index: Index,
  knowledge: Pick<Knowledge, "outline">,
  about: Required<About>,
  language: MessageLanguage,
): Promise<string | null> {
  const given = knowledge.outline ?? [];
  const request = outlineRequest(question, given);
  if (request === null) return null;
  const outline = given.length > 0 ? given : await titlesOf(index);
  if (outline.length === 0) return null;
  const said = messages[language].outline;
  const indexed = await index.documents();
  const line = (entry: OutlineEntry) => lineOf(entry, index, indexed, language);
  switch (request.about) {
    case "whole":
      return `${said.whole(about.scope)}\n\n${await treeOf(outline, ({ summary: _, ...entry }) => line(entry))}`;
    case "start": {
      const first = documentsOf(outline).filter(({ documentId }) => indexed.has(documentId ?? ""));
      const lines = await Promise.all(first.slice(0, FIRST_READ).map(line));
      return `${said.start}\n\n${lines.map((text, place) => `${place + 1}. ${text}`).join("\n")}`;
    }
    case "entry":
      return entryAnswer(request, line, index, indexed, language);
  }
}

const FIRST_READ = 4;
/** More documents than this are no table of contents. */
const MOST_TITLES = 30;

async function entryAnswer(
  { entry }: Extract<OutlineRequest, { about: "entry" }>,
  line: (entry: OutlineEntry) => Promise<string>,
  index: Index,
  indexed: ReadonlyMap<string, string>,
  language: MessageLanguage,
): Promise<string> {
  const said = messages[language].outline;
  const head = await line(entry);
  if (entry.documentId === undefined) {
    const below = await treeOf(entry.children ?? [], line);
    return [head, below].filter(Boolean).join("\n\n");
  }
  if (!indexed.has(entry.documentId)) return `${head}\n\n${said.missing}`;
  const headings = headingLinks(await index.chunksOf(entry.documentId));
  return headings === "" ? head : `${head}\n\n${said.headings}\n\n${headings}`;
}

/** Parts and chapters as lines of bold text, what is in them as a list. */
async function treeOf(
  entries: readonly OutlineEntry[],
  line: (entry: OutlineEntry) => Promise<string>,
): Promise<string> {
  const lines: string[] = [];
  for (const entry of entries) {
    const text = await line(entry);
    if (entry.children === undefined) lines.push(`- ${text}`);
    else lines.push("", `**${text}**`, "", await treeOf(entry.children, line));
  }
  return lines
    .join("\n")
    .replace(/\n{3,}/gu, "\n\n")
    .trim();
}

/** The title with its number, linked where it is indexed, and the summary. */
async function lineOf(
  entry: OutlineEntry,
  index: Index,
  indexed: ReadonlyMap<string, string>,
  language: MessageLanguage,
): Promise<string> {
  const { number, title, documentId, summary } = entry;
  const said = messages[language].outline;
  if (documentId === undefined)
    return entry.kind === "section" || number === undefined ? title : said.place(entry.kind, number, title);
  const name = number === undefined ? title : `${number} ${title}`;
  if (!indexed.has(documentId)) return `${name}${said.unwritten}`;
  const [first] = await index.chunksOf(documentId);
  const linked = first?.url === undefined ? name : `[${name}](${first.url})`;
  return summary === undefined ? linked : `${linked}${said.colon}${summary}`;
}

/** The topmost headings of a document, linked to where they begin. */
function headingLinks(chunks: readonly Chunk[]): string {
  const seen = new Map<string, string>();
  for (const { headingPath, title, url, blockIds } of chunks) {
    const heading = headingPath.find((text) => text !== title);
    if (heading === undefined || seen.has(heading)) continue;
    const [block] = blockIds;
    seen.set(
      heading,
      url === undefined || block === undefined ? heading : `[${heading}](${blockUrl(url, block)})`,
    );
  }
  return [...seen.values()].map((text) => `- ${text}`).join("\n");
}

function documentsOf(entries: readonly OutlineEntry[]): OutlineEntry[] {
  return entries.flatMap((entry) => [
    ...(entry.documentId === undefined ? [] : [entry]),
    ...documentsOf(entry.children ?? []),
  ]);
}

async function titlesOf(index: Index): Promise<OutlineEntry[]> {
  const ids = [...(await index.documents()).keys()].slice(0, MOST_TITLES);
  return Promise.all(
    ids.map(async (documentId) => {
      const [first] = await index.chunksOf(documentId);
      return { kind: "section" as const, title: first?.title || documentId, documentId };
    }),
  );
}
