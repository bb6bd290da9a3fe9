import { describe, expect, it } from "vitest";
import { fitThresholds, lexiconTranslator, splitSentences, verifyClaim } from "../src/index.ts";

const BLOCK =
  "LoRA 冻结原有权重，只训练两个低秩矩阵。它不增加推理延迟。GPT-3 有 1,750 亿个参数，最高得分为 86.4。";

describe("verifyClaim", () => {
  it("knows a denial by what it denies, however it is worded", () => {
    const block = "分歧来自 Kaplan 只数了不含嵌入层的参数。它做得出来，也讲得清。";
    expect(verifyClaim("Kaplan 只数非嵌入层的参数", block).supported).toBe(true);
    expect(verifyClaim("看它能不能做得出来", block).supported).toBe(true);
    expect(verifyClaim("Kaplan 只数嵌入层的参数", block).supported).toBe(false);
  });

  it.each([
    "LoRA 只训练两个低秩矩阵。",
    "GPT-3 的参数有 1750 亿个。",
    "LoRA 不会增加推理延迟。",
    "**LoRA** 训练的是 2 个低秩矩阵 [1]。",
    "LoRA trains only two low-rank matrices.",
  ])("supports %s", (claim) => {
    expect(verifyClaim(claim, BLOCK)).toMatchObject({ supported: true, missing: [] });
  });

  it.each([
    ["LoRA 训练三百万个参数，共 3000000 个。", "3000000"],
    ["QLoRA 只训练两个低秩矩阵。", "QLoRA"],
    ["LoRA 增加推理延迟。", "negation"],
    ["LoRA 不训练低秩矩阵。", "negation"],
    ["GPT-3 的最低得分为 86.4。", "最低"],
    ["今天的天气非常晴朗。", "words"],
  ])("does not support %s for want of %s", (claim, missing) => {
    const check = verifyClaim(claim, BLOCK);
    expect(check.supported).toBe(false);
    expect(check.missing).toContain(missing);
  });

  it("quotes the sentence that bears the claim, verbatim", () => {
    expect(verifyClaim("推理延迟没有增加。", BLOCK).quote).toBe("它不增加推理延迟。");
  });

  it("supports nothing by an empty block", () => {
    expect(verifyClaim("LoRA 很快。", "")).toMatchObject({ quote: "", supported: false });
  });
});

describe("numbers of a claim", () => {
  it.each([
    ["GPT-3 有 175 billion 参数", "GPT-3 有 1,750 亿个参数。"],
    ["训练花了三百万美元。", "训练花了 300 万美元。"],
    ["准确率为百分之五。", "准确率为 5%。"],
    ["规模在 50 亿到 70 亿之间。", "规模在 50–70 亿之间。"],
    ["共有十二层。", "共有 12 层。"],
    ["大模型的大有三层含义。", "大模型的大，含义是参数多、数据多、算力多。"],
    ["7B 模型占 16 GB。", "70 亿参数的 7B 模型占 16GB。"],
    ["成立于 20 世纪 90 年代。", "成立于 1990 年代。"],
  ])("%s is borne out by %s", (claim, block) => {
    expect(verifyClaim(claim, block).missing).toEqual([]);
  });

  it.each([
    ["GPT-3 有 175 万个参数。", "GPT-3 有 175 亿个参数。"],
    ["准确率为 5%。", "准确率为 5 分。"],
    ["距离为 5 公里。", "距离为 5 米。"],
    ["共有十三层。", "共有 12 层。"],
    ["训练花了 6 周。", "训练花了 6 天。"],
  ])("%s is not borne out by %s", (claim, block) => {
    expect(verifyClaim(claim, block).supported).toBe(false);
  });
});

describe("a claim in another language than its block", () => {
  const translator = lexiconTranslator([
    { zh: "涌现能力", en: "emergent ability", aliases: ["涌现"], definition: "", documentId: "1" },
  ]);
  const block =
    "涌现能力是小模型没有、规模越过阈值后突然出现的能力。GPT-3 有 1750 亿个参数。它不增加推理延迟。";

  it("is supported by translations of its words, equal numbers and the same codes", async () => {
    await translator.prepare();
    for (const claim of [
      "Emergent abilities appear suddenly once the scale passes a threshold.",
      "GPT-3 has 175 billion parameters.",
      "It does not increase latency of inference.",
    ])
      expect(verifyClaim(claim, block, "", { translator }).missing, claim).toEqual([]);
  });

  it("is not supported where words, a number, a code or the negation differ", async () => {
    await translator.prepare();
    for (const claim of [
      "The cathedral was rebuilt after a fire destroyed the old church.",
      "GPT-3 has 180 billion parameters.",
      "GPT-4 has 175 billion parameters.",
      "GPT-3 does not have 175 billion parameters.",
    ])
      expect(verifyClaim(claim, block, "", { translator }).supported, claim).toBe(false);
  });
});

it("every sentence of a block is supported by it", () => {
  const block =
    "Kaplan 等人在 2020 年提出第一版缩放定律。它不是万能的！“规模越大越好”的说法并不准确，误差约 0.5%–1.2%。《自然》刊登了托马斯·戴维斯的三篇文章。";
  for (const { text } of splitSentences(block)) expect(verifyClaim(text, block).missing, text).toEqual([]);
});

it("a quotation must stand in the block word for word", () => {
  const block = "作者写道：“注意力就是你所需要的全部。”";
  expect(verifyClaim("作者写道：“注意力就是你所需要的全部”。", block).supported).toBe(true);
  expect(verifyClaim("作者写道：“注意力几乎是我们需要的一切”。", block).supported).toBe(false);
});

describe("fitThresholds", () => {
  it("refuses the share of answerable questions that it may", () => {
    const familiarity = Array.from({ length: 100 }, (_, index) => (index + 1) / 100);
    const { refuse, answer } = fitThresholds(familiarity, { falseRefusals: 0.05 });
    expect(familiarity.filter((value) => value < refuse)).toHaveLength(5);
    expect(familiarity.filter((value) => value < answer)).toHaveLength(10);
  });
});
