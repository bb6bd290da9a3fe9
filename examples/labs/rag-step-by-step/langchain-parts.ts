/** LangChain's stock parts, as they come, on Chinese text. */
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { BM25Retriever } from "@langchain/community/retrievers/bm25";
import { Document } from "@langchain/core/documents";
import { RecursiveCharacterTextSplitter } from "@langchain/textsplitters";
import type { HashedEmbeddings } from "./hashed-embeddings.ts";

// #region splitter
/** 默认分隔符依次是空行、换行、空格、单个字符：中文没有空格，一段话里的第一个空格可能在很后面。 */
export function splitWithLangChain(text: string, chunkSize: number): Promise<string[]> {
  return new RecursiveCharacterTextSplitter({ chunkSize, chunkOverlap: 0 }).splitText(text);
}

/** 同一个切分器，把中文的句末标点加进分隔符，就会优先在句子之间切开（标点归到后一块的开头）。 */
export function splitAtSentences(text: string, chunkSize: number): Promise<string[]> {
  const separators = ["\n\n", "\n", "。", "！", "？", "；", ""];
  return new RecursiveCharacterTextSplitter({ chunkSize, chunkOverlap: 0, separators }).splitText(text);
}
// #endregion splitter

export interface ScoredText {
  readonly text: string;
  readonly score: number;
}

/** LangChain's BM25 retriever splits the question at white space: a Chinese question is one word. */
export async function searchWithBm25(texts: readonly string[], question: string): Promise<ScoredText[]> {
  const retriever = BM25Retriever.fromDocuments(toDocuments(texts), { k: texts.length, includeScore: true });
  const found = await retriever.invoke(question);
  return found.map(({ pageContent, metadata }) => ({
    text: pageContent,
    score: metadata.bm25Score as number,
  }));
}

// #region vector-store
export async function searchWithVectorStore(
  texts: readonly string[],
  question: string,
  embeddings: HashedEmbeddings,
): Promise<ScoredText[]> {
  const store = await MemoryVectorStore.fromDocuments(toDocuments(texts), embeddings);
  const found = await store.similaritySearchWithScore(question, texts.length);
  return found.map(([document, score]) => ({ text: document.pageContent, score }));
}
// #endregion vector-store

function toDocuments(texts: readonly string[]): Document[] {
  return texts.map((pageContent) => new Document({ pageContent }));
}
