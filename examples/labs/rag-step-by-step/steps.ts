/** RAG in four steps with @zixue/rag: split, index, search, answer. No model, no key, no network. */
import {
  type Answer,
  answerQuestion,
  type Chunk,
  MemoryIndex,
  type Passage,
  parseMarkdown,
  retrieve,
  splitDocument,
} from "@zixue/rag";

export interface SourceFile {
  /** Section id, such as `11.1`. */
  readonly id: string;
  readonly content: string;
}

// #region steps
/** 第一步：把 Markdown 解析成段落，再切成块；每个块记得标题路径和在原文中的位置。 */
export function split(files: readonly SourceFile[]): Map<string, { hash: string; chunks: readonly Chunk[] }> {
  return new Map(
    files.map(({ id, content }) => {
      const document = parseMarkdown({ id, content });
      return [id, { hash: document.hash, chunks: splitDocument(document, { maxTokens: 300 }) }];
    }),
  );
}

/** 第二步：建索引。这里只用关键词；配了嵌入模型时，每个块再带一个向量。 */
export async function buildIndex(documents: ReturnType<typeof split>): Promise<MemoryIndex> {
  const index = new MemoryIndex();
  await index.apply({
    put: [...documents].map(([documentId, { hash, chunks }]) => ({ documentId, hash, chunks })),
  });
  return index;
}

/** 第三步：检索，得到最相关的几段。 */
export async function search(index: MemoryIndex, question: string): Promise<readonly Passage[]> {
  const { passages } = await retrieve(question, { index, limit: 3 });
  return passages;
}

/** 第四步：回答。没有语言模型时由原文的句子组成；最后一个事件带着完整的回答和引用。 */
export async function answer(index: MemoryIndex, question: string): Promise<Answer> {
  for await (const event of answerQuestion(question, { index })) {
    if (event.type === "done") return event.answer;
  }
  throw new Error("回答没有以 done 事件结束。");
}
// #endregion steps
