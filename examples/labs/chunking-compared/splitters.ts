import type { WrittenSection } from "@zixue/course";
import { type Chunk, splitDocument } from "@zixue/rag";

export type Splitter = (section: WrittenSection) => Chunk[];

// #region fixed
/** 定长切分：每 size 个字一块，相邻两块重叠 overlap 个字；不看标题，也不看句子。 */
export function fixedSize(size: number, overlap: number): Splitter {
  return ({ id, document }) => {
    const characters = [...document.blocks.map(({ text }) => text).join("\n\n")];
    const chunks: Chunk[] = [];
    for (let start = 0; start < characters.length; start += size - overlap) {
      chunks.push(plainChunk(id, chunks.length, characters.slice(start, start + size).join("")));
      if (start + size >= characters.length) break;
    }
    return chunks;
  };
}
// #endregion fixed

// #region structure
/** 按结构切分：块不跨标题，表格和列表不拆，长段落只在句末切开。headings 为假时去掉标题，单看切口的作用。 */
export function byStructure(maxTokens: number, headings: boolean): Splitter {
  return ({ document }) => {
    const chunks = splitDocument(document, { maxTokens });
    return headings ? chunks : chunks.map((chunk) => ({ ...chunk, title: "", headingPath: [] }));
  };
}
// #endregion structure

function plainChunk(documentId: string, ordinal: number, text: string): Chunk {
  return {
    id: `${documentId}@${ordinal}`,
    documentId,
    title: "",
    headingPath: [],
    blockIds: [],
    text,
    start: 0,
    end: text.length,
    ordinal,
    tokens: 0,
    metadata: {},
  };
}
