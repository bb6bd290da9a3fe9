/** A process that puts documents into an index one by one: `postgres-script.ts <url> <schema> <name> <count>`. */

import type { DocumentChange } from "../src/index/chunk-index.ts";
import { PostgresIndex } from "../src/index/postgres-index.ts";

/** Version of a document that process `name` writes. */
export function scriptDocument(documentId: string, name: string): DocumentChange {
  const texts = [
    "注意力机制让模型关注重要的部分",
    `进程 ${name} 写的 ${documentId}`,
    "gradient descent",
  ].slice(0, 1 + ((name.length + documentId.length) % 3));
  return {
    documentId,
    hash: `${documentId} by ${name}`,
    chunks: texts.map((text, ordinal) => ({
      id: `${documentId}@${ordinal}`,
      documentId,
      title: `文档 ${documentId}`,
      headingPath: [],
      blockIds: [`${documentId}#0`],
      text: `${text} ${name}`,
      start: 0,
      end: text.length,
      ordinal,
      tokens: text.length,
      metadata: { name },
    })),
  };
}

const [, script, url, schema, name, count] = process.argv;
if (script === import.meta.filename && url !== undefined && schema !== undefined && name !== undefined) {
  const index = await PostgresIndex.open({ url, schema });
  for (let number = 0; number < Number(count); number++) {
    // Every second document is one that all processes write.
    const documentId = number % 2 === 0 ? `shared-${number}` : `${name}-${number}`;
    const remove = number % 5 === 4 ? [`${name}-${number - 1}`, `shared-${number - 4}`] : [];
    await index.apply({ put: [scriptDocument(documentId, name)], remove });
    console.log(documentId);
  }
  await index.close();
}
