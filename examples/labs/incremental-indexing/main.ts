/** What an edit costs, and what a kill costs. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IngestReport, LocalIndex } from "@zixue/rag";
import { CountingEmbeddings } from "./counting-embeddings.ts";
import { handbooks } from "./documents.ts";
import { killAndContinue } from "./interrupt.ts";
import { refresh } from "./refresh.ts";

const folder = await mkdtemp(join(tmpdir(), "zixue-incremental-"));
try {
  const [indexFolder, vectors] = [join(folder, "index"), join(folder, "vectors")];
  let index = await LocalIndex.open({ folder: indexFolder });
  console.log("做法\t新增\t改动\t未变\t删除\t写入的块\t嵌入的块");
  const run = async (
    name: string,
    sources = handbooks,
  ): Promise<{ report: IngestReport; embedded: number }> => {
    const embeddings = new CountingEmbeddings();
    const report = await refresh(index, sources, embeddings, vectors);
    const { added, changed, unchanged, removed, chunks } = report;
    console.log(
      `${name}\t${added}\t${changed}\t${unchanged}\t${removed}\t${chunks}\t${embeddings.asked.length}`,
    );
    return { report, embedded: embeddings.asked.length };
  };

  const first = await run("第一次建索引");
  assert.equal(first.report.added, 3);
  assert.equal(first.embedded, first.report.chunks);

  const again = await run("什么都没改");
  assert.deepEqual([again.report.unchanged, again.report.chunks, again.embedded], [3, 0, 0]);

  const edited = handbooks.map(({ id, content }) => ({
    id,
    content: id === "缓存.md" ? content.replace("备份保留七天", "备份保留三十天") : content,
  }));
  const edit = await run("改一份资料的一句话", edited);
  assert.deepEqual([edit.report.changed, edit.report.unchanged], [1, 2]);
  assert.equal(edit.embedded, 1, "只有改动的那一块需要重新嵌入");

  await index.close();
  index = await LocalIndex.open({ folder: indexFolder });
  const { keyword } = await index.search({ text: "缓存的备份保留多少天", limit: 1 });
  assert.match(keyword[0]!.chunk.text, /三十天/, "重新打开之后应当看到新的内容");
  const all = await index.chunksOf("缓存.md");
  assert.ok(
    all.every(({ text }) => !text.includes("七天")),
    "旧的内容不应还在索引里",
  );

  const gone = await run("改回原样，并删掉一份", handbooks.slice(0, 2));
  assert.deepEqual(
    [gone.report.changed, gone.report.removed, gone.embedded],
    [1, 1, 0],
    "旧的向量还在缓存里",
  );
  await index.close();

  console.log("\n用 SIGKILL 杀掉正在建索引的进程，再打开：");
  const result = await killAndContinue(join(folder, "killed"), vectors, 700);
  console.log(`  被杀之前报告已提交 ${result.reported} 篇；打开时有 ${result.held} 篇，没有半篇。`);
  console.log(`  再跑一次：${result.unchanged} 篇未变，补上 ${result.added} 篇。`);
  assert.ok(result.held >= result.reported, "报告过的提交不应丢失");
  assert.ok(result.held < 700, "这次应当杀在半路上");
  assert.equal(result.unchanged + result.added, 700);
  assert.ok(result.found);
  console.log("\n全部检查通过。");
} finally {
  await rm(folder, { recursive: true, force: true });
}
