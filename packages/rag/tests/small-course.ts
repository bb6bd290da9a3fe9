import type { BankQuestion, GlossaryTerm, Knowledge } from "../src/answer/knowledge.ts";
import type { Chunk, ChunkSpan } from "../src/chunk/chunk.ts";
import type { ParsedDocument } from "../src/document/document.ts";
import { parseMarkdown } from "../src/document/markdown.ts";
import { MemoryIndex } from "../src/index/memory-index.ts";

const SECTIONS: Readonly<Record<string, string>> = {
  "1.3": `# 大语言模型，大在哪？

## 参数、数据与算力

大语言模型的“大”有三层含义：参数多、训练数据多、训练用的算力多。GPT-3 有 1750 亿个参数，训练数据约 3000 亿个 token。

## 涌现能力

涌现能力是指小模型上没有、当规模越过某个阈值后突然出现的能力。它由 Wei 等人在 2022 年的论文中系统整理。常见的涌现能力如下：

- 上下文学习：只看几个例子就会做新任务
- 指令遵循：照着自然语言的要求完成任务
- 逐步推理：把复杂问题拆成中间步骤

那么涌现是真实存在的吗？有研究者认为，涌现只是评测指标不连续造成的假象。换成连续的指标后，曲线就变得平滑。

## 缩放定律

缩放定律描述损失如何随参数量、数据量和算力平滑下降，三者之间是幂律关系。Kaplan 等人在 2020 年提出第一版缩放定律，认为应优先增大参数量。Chinchilla 在 2022 年修正了这一结论：参数量与训练 token 数应同比例增长，大约每个参数配 20 个 token。

缩放定律与涌现能力的关系在于：缩放定律说的是损失平滑下降，涌现说的是某些任务的得分突然跃升，二者看的不是同一个量。
`,
  "4.2": `# 微调常用方法

## LoRA

LoRA（Low-Rank Adaptation）是一种参数高效微调方法。它冻结原有权重，只训练两个低秩矩阵 A 和 B，把它们的乘积加到原权重上。因为可训练参数不到总量的 1%，所以显存占用大幅减少。

LoRA 的缺点是：秩太小时表达能力不足，在与预训练差别很大的任务上效果不如全参微调。

## QLoRA

QLoRA 把冻结的权重量化到 4 位，再在其上训练 LoRA 适配器。与 LoRA 相比，QLoRA 的显存更省，但训练速度更慢。

## 微调的步骤

做一次 LoRA 微调的步骤如下：

1. 准备指令数据
2. 选定秩和目标模块
3. 训练适配器并在验证集上评测
4. 把适配器合并回原权重

## 显存对比

| 方法 | 可训练参数 | 7B 模型显存 |
| --- | --- | --- |
| 全参微调 | 100% | 约 112 GB |
| LoRA | 不到 1% | 约 16 GB |
| QLoRA | 不到 1% | 约 6 GB |

LoRA 的前向公式为：

$$
h = W x + \\frac{\\alpha}{r} B A x
$$
`,
  "6.2": `# 推理优化技术

## KV cache

自回归生成时，每个新 token 都要和前面所有 token 做一次注意力。前面 token 的 K 和 V 不会再变，把它们存下来，下一步就只需算新 token 自己的那一行。这块存储叫 KV cache。

KV cache 的代价是显存。一个 32 层、隐藏维 4096 的模型，每个 token 要占 512 KB。

## 投机解码

投机解码用一个小的草稿模型先猜几个 token，再由大模型一次并行验证。为什么它不改变输出分布？因为被拒绝的 token 会按修正后的分布重新采样。
`,
};

export const GLOSSARY: readonly GlossaryTerm[] = [
  {
    zh: "涌现能力",
    en: "emergent ability",
    aliases: ["涌现"],
    definition: "规模越过阈值后突然出现的能力。",
    documentId: "1.3",
  },
  {
    zh: "缩放定律",
    en: "scaling law",
    aliases: ["规模定律"],
    definition: "损失随规模幂律下降的规律。",
    documentId: "1.3",
  },
  {
    zh: "LoRA",
    en: "low-rank adaptation",
    aliases: ["低秩适配"],
    definition: "只训练低秩矩阵的微调方法。",
    documentId: "4.2",
  },
  { zh: "QLoRA", aliases: [], definition: "在量化权重上训练 LoRA。", documentId: "4.2" },
  {
    zh: "KV cache",
    en: "KV cache",
    aliases: ["KV 缓存", "键值缓存"],
    definition: "存下的 K 和 V。",
    documentId: "6.2",
  },
  {
    zh: "投机解码",
    en: "speculative decoding",
    aliases: [],
    definition: "小模型猜、大模型验。",
    documentId: "6.2",
  },
  { zh: "Transformer", aliases: [], definition: "基于自注意力的网络结构。" },
];

/** The sections as documents, as a loader would hand them over. */
export async function sectionDocuments(): Promise<ParsedDocument[]> {
  return Promise.all(
    Object.entries(SECTIONS).map(([id, text]) =>
      parseMarkdown({
        content: text,
        id,
        url: `/course/${id}`,
        metadata: { part: Number(id[0]) > 3 ? 2 : 1 },
      }),
    ),
  );
}

/** One chunk a heading, in memory. */
export async function courseIndex(): Promise<MemoryIndex> {
  const index = new MemoryIndex();
  const documents = await sectionDocuments();
  await index.apply({
    put: documents.map((document) => ({
      documentId: document.id,
      hash: document.hash,
      chunks: chunksOf(document),
    })),
  });
  return index;
}

/** The block that holds a text. */
export async function blockWith(text: string): Promise<{ documentId: string; blockId: string }> {
  for (const document of await sectionDocuments())
    for (const block of document.blocks)
      if (block.text.includes(text)) return { documentId: document.id, blockId: block.id };
  throw new Error(`no block holds ${text}`);
}

/** A bank with one question, whose points have their evidence in the sections. */
export async function courseKnowledge(): Promise<Knowledge & { questions: readonly BankQuestion[] }> {
  const quotes = [
    ["小模型没有、规模越过阈值后突然出现", "涌现能力是指小模型上没有、当规模越过某个阈值后突然出现的能力。"],
    ["损失平滑下降，得分突然跃升，看的不是同一个量", "二者看的不是同一个量"],
  ] as const;
  const points = await Promise.all(
    quotes.map(async ([say, quote]) => ({ say, quote, blockId: (await blockWith(quote)).blockId })),
  );
  return {
    glossary: GLOSSARY,
    questions: [
      {
        id: "1.3/q1",
        documentId: "1.3",
        ask: "什么是涌现能力？它和缩放定律是什么关系？",
        variants: ["涌现能力与缩放定律之间有什么联系？"],
        points,
      },
    ],
  };
}

function chunksOf(document: ParsedDocument): Chunk[] {
  const groups = new Map<string, (typeof document.blocks)[number][]>();
  for (const block of document.blocks) {
    if (block.kind === "heading") continue;
    const key = block.headingPath.join("\n");
    groups.set(key, [...(groups.get(key) ?? []), block]);
  }
  return [...groups.values()].map((blocks, ordinal) => {
    const spans: ChunkSpan[] = [];
    let text = "";
    for (const block of blocks) {
      if (text !== "") text += "\n\n";
      spans.push({ blockId: block.id, kind: block.kind, start: text.length });
      text += block.text;
    }
    return {
      id: `${document.id}@${String(ordinal).padStart(12, "0")}`,
      documentId: document.id,
      title: document.title,
      headingPath: blocks[0]?.headingPath ?? [],
      blockIds: blocks.map((block) => block.id),
      text,
      spans,
      start: blocks[0]?.start ?? 0,
      end: blocks.at(-1)?.end ?? 0,
      ordinal,
      tokens: text.length,
      ...(document.url === undefined ? {} : { url: document.url }),
      metadata: document.metadata,
    };
  });
}
