/** Walks through RAG over the course's chapters, then shows LangChain's stock parts on the same language. */
import assert from "node:assert/strict";
import { courseFolder, readSections } from "./corpus.ts";
import { HashedEmbeddings } from "./hashed-embeddings.ts";
import {
  searchWithBm25,
  searchWithVectorStore,
  splitAtSentences,
  splitWithLangChain,
} from "./langchain-parts.ts";
import { paragraph, passages } from "./passages.ts";
import { answer, buildIndex, search, split } from "./steps.ts";

const question = "ef 取 20 时，HNSW 每次查询要算多少次距离？";

console.log("一、切分");
const files = await readSections(courseFolder);
const documents = split(files);
const chunks = [...documents.values()].flatMap(({ chunks }) => chunks);
const longest = Math.max(...chunks.map(({ tokens }) => tokens));
console.log(`${files.length} 节切成 ${chunks.length} 块，最长的一块 ${longest} 个 token。第一块的标题路径：`);
console.log(`  ${[chunks[0]!.title, ...chunks[0]!.headingPath].join(" › ")}`);
for (const { content, id } of files) {
  for (const chunk of documents.get(id)!.chunks) {
    assert.ok(chunk.start < chunk.end && chunk.end <= content.length, "块的位置应当落在原文之内");
  }
}

console.log("\n二、建索引");
const index = await buildIndex(documents);
const stats = await index.stats();
console.log(`${stats.documents} 篇文档，${stats.chunks} 块，共 ${(stats.bytes / 1024).toFixed(0)} KB。`);
assert.equal(stats.chunks, chunks.length);

console.log(`\n三、检索：${question}`);
const found = await search(index, question);
for (const { documentId, headingPath, text } of found) {
  console.log(
    `  ${documentId}  ${headingPath.join(" › ")}\n     ${text.replace(/\s+/g, " ").slice(0, 60)}……`,
  );
}
assert.ok(
  found.some(({ documentId }) => documentId === "11.1"),
  "11.1 节应当在检索结果里",
);

console.log("\n四、回答与引用");
const { text, citations, outcome } = await answer(index, question);
console.log(text);
for (const citation of citations) {
  console.log(`  [${citation.marker}] ${citation.documentId}：${citation.quote.slice(0, 50)}……`);
  const chunk = (await index.chunksOf(citation.documentId)).find(({ blockIds }) =>
    blockIds.includes(citation.blockId),
  );
  assert.ok(chunk?.text.includes(citation.quote), "引文应当逐字出现在所引的块里");
}
assert.equal(outcome, "answered");
assert.ok(citations.length > 0);
assert.match(text, /337/, "回答里应当有课程写着的那个数");

const offTopic = "今天晚上吃什么好？";
const refusal = await answer(index, offTopic);
console.log(`\n问一个课程没有讲的问题：${offTopic}\n${refusal.text}`);
assert.notEqual(refusal.outcome, "answered");

console.log("\n五、LangChain 的切分器");
for (const piece of await splitWithLangChain(paragraph, 60)) console.log(`  默认分隔符 | ${piece}`);
for (const piece of await splitAtSentences(paragraph, 60)) console.log(`  中文分隔符 | ${piece}`);
const byDefault = await splitWithLangChain(paragraph, 60);
assert.ok(!/[。！？]$/u.test(byDefault[0]!), "默认分隔符应当把第一块切在句子中间");
const broken = await splitWithLangChain("好😀好😀好😀好😀", 5);
assert.ok(
  broken.some((piece) => !piece.isWellFormed()),
  "按编码单元计长会切坏表情符号",
);

console.log("\n六、LangChain 的 BM25Retriever");
for (const asked of ["缩放定律是什么", "HNSW 是什么"]) {
  const [first] = await searchWithBm25(passages, asked);
  console.log(`  ${asked} → 分数 ${first!.score} | ${first!.text}`);
}
const chinese = await searchWithBm25(
  passages.filter((text) => !/[a-z0-9]/i.test(text)),
  "缩放定律是什么",
);
assert.ok(
  chinese.every(({ score }) => Number.isNaN(score)),
  "全是中文时分数应当是 NaN",
);
assert.equal(chinese[0]!.text, passages[0], "分数是 NaN 时，返回的总是第一个文档");

console.log("\n七、LangChain 的 MemoryVectorStore，向量由散列代替模型");
const embeddings = new HashedEmbeddings();
const otherWords = "规模上去以后冷不丁学会的本事";
for (const asked of ["缩放定律是什么", otherWords]) {
  const [first] = await searchWithVectorStore(passages, asked, embeddings);
  console.log(`  ${asked} → ${first!.score.toFixed(3)} | ${first!.text}`);
}
const [literal] = await searchWithVectorStore(passages, "缩放定律是什么", embeddings);
assert.equal(literal!.text, passages[1]);
const [meant] = await searchWithVectorStore(passages, otherWords, embeddings);
assert.notEqual(meant!.text, passages[0], "字面没有相同之处时，散列向量找不到涌现能力");

await index.close();
console.log("\n全部检查通过。");
