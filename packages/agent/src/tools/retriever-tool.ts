import type { DocumentInterface } from "@langchain/core/documents";
import type { BaseRetriever } from "@langchain/core/retrievers";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { z } from "zod";
import { AgentError } from "../errors.ts";
import { positiveInteger } from "./bounds.ts";
import { unlessAborted } from "./unless-aborted.ts";

export interface RetrieverToolOptions {
  /** @default "search" */
  readonly name?: string;
  /** What there is to find, for the model. */
  readonly description: string;
  /** Passages at most. @default 5 */
  readonly limit?: number;
  /** True when others may write what is retrieved, such as uploads or mails. @default false */
  readonly untrusted?: boolean;
}

/** A passage that the model was shown as `[marker]`. */
export interface RetrievedCitation {
  readonly marker: number;
  /** The passage as it was shown. */
  readonly quote: string;
  /** Where it comes from: `url`, `source` or `documentId` of its metadata, or the document's id. */
  readonly source: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Any LangChain retriever as a tool. The model reads the passages numbered, with title and heading where their metadata
 * have them; the artifact has every passage with its source and all its metadata, so that a program can turn `[2]` in
 * an answer into a link.
 *
 * @throws AgentError `invalid-definition`
 * @example
 * const search = retrieverTool(store.asRetriever(), { description: "Searches the handbook." });
 * for await (const event of defineAgent({ name: "helper", model, tools: [search] }).run("…"))
 *   if (event.type === "tool-result") show((event.artifact as { citations: RetrievedCitation[] }).citations);
 */
export function retrieverTool(
  retriever: Pick<BaseRetriever, "invoke">,
  { name = "search", description, limit = 5, untrusted = false }: RetrieverToolOptions,
): DynamicStructuredTool {
  const max = positiveInteger("retrieverTool", "limit", limit);
  if (!/^[\w-]{1,64}$/.test(name) || description.trim() === "") {
    throw new AgentError(
      "invalid-definition",
      'retrieverTool needs a description, and a name of letters, digits, "_" and "-".',
    );
  }
  return new DynamicStructuredTool({
    name,
    description: `${description} Passages come numbered [1], [2], …; cite them by these numbers.`,
    metadata: { effect: "read", untrusted },
    schema: z.object({ query: z.string().min(1).max(2_000).describe("What to look for") }),
    responseFormat: "content_and_artifact",
    func: async (
      { query }: { query: string },
      _manager,
      config,
    ): Promise<[string, { citations: RetrievedCitation[] }]> => {
      const found = retriever.invoke(query, config);
      const documents = await (config?.signal ? unlessAborted(found, config.signal) : found);
      const citations = distinct(documents).slice(0, max).map(cite);
      const shown = citations.map(
        ({ marker, quote, metadata }) => `[${marker}]${headOf(metadata)}\n${quote}`,
      );
      return [shown.length > 0 ? shown.join("\n\n") : NOTHING, { citations }];
    },
  });
}

const NOTHING = "Nothing was found. Try other words, or tell the user that the sources do not hold this.";

function cite(document: DocumentInterface, index: number): RetrievedCitation {
  const metadata = (document.metadata ?? {}) as Record<string, unknown>;
  const { url, source, documentId } = metadata;
  const known = [url, source, documentId, document.id].find(
    (value) => typeof value === "string" && value !== "",
  );
  return {
    marker: index + 1,
    quote: document.pageContent.trim(),
    source: (known as string | undefined) ?? null,
    metadata,
  };
}

/** Retrievers that join several searches may return a passage twice, and loaders empty ones. */
function distinct(documents: readonly DocumentInterface[]): DocumentInterface[] {
  const seen = new Set<string>();
  return documents.filter((document) => {
    const key = JSON.stringify([document.pageContent.trim(), cite(document, 0).source]);
    const isNew = document.pageContent.trim() !== "" && !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Title, headings and page, as far as the metadata have them under their usual names. */
function headOf({ title, headingPath, heading, section, page, loc }: Record<string, unknown>): string {
  const path = Array.isArray(headingPath) ? headingPath : [heading ?? section];
  const pageNumber = page ?? (loc as { pageNumber?: unknown } | undefined)?.pageNumber;
  const parts = [title, ...path].filter((part) => typeof part === "string" && part.trim() !== "") as string[];
  const names = parts.filter((part, index) => part !== parts[index - 1]).join(" › ");
  const at = typeof pageNumber === "number" ? `p. ${pageNumber}` : "";
  const head = [names, at].filter((part) => part !== "").join(", ");
  return head === "" ? "" : ` ${head}`;
}
