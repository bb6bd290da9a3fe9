import { describe, expect, it } from "vitest";
import { fitThresholds, verifyClaim } from "../src/index.ts";

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

describe("fitThresholds", () => {
  it("refuses the share of answerable questions that it may", () => {
    const familiarity = Array.from({ length: 100 }, (_, index) => (index + 1) / 100);
    const { refuse, answer } = fitThresholds(familiarity, { falseRefusals: 0.05 });
    expect(familiarity.filter((value) => value < refuse)).toHaveLength(5);
    expect(familiarity.filter((value) => value < answer)).toHaveLength(10);
  });
});
