import { type IngestReport, ingest, type LocalIndex, splitDocument } from "@zixue/rag";
import type { CountingEmbeddings } from "./counting-embeddings.ts";
import { parse, type Source } from "./documents.ts";

// #region refresh
/** 让索引跟上资料：按文档的散列值找出新增、改动和删除的，只切分、嵌入、写入这些；向量按内容缓存。 */
export function refresh(
  index: LocalIndex,
  sources: readonly Source[],
  embeddings: CountingEmbeddings,
  vectorFolder: string,
): Promise<IngestReport> {
  return ingest({
    index,
    documents: parse(sources),
    split: (document) => splitDocument(document, { maxTokens: 60, minTokens: 10 }),
    embeddings,
    embedding: { cacheFolder: vectorFolder, fingerprint: "hashed-64" },
    prune: true,
  });
}
// #endregion refresh
