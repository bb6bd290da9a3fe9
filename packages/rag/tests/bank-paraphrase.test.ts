import { beforeAll, describe, expect, it } from "vitest";
import { type Answer, type BankQuestion, createRagPipeline, type RagPipeline } from "../src/index.ts";
import { blockWith, courseIndex, GLOSSARY } from "./small-course.ts";

let pipeline: RagPipeline;
beforeAll(async () => {
  const index = await courseIndex();
  pipeline = await createRagPipeline({ index, knowledge: { glossary: GLOSSARY, questions: await bank() } });
});

async function bank(): Promise<BankQuestion[]> {
  const point = async (say: string, quote: string) => ({
    say,
    quote,
    blockId: (await blockWith(quote)).blockId,
  });
  return [
    {
      id: "4.2/q1",
      documentId: "4.2",
      ask: "LoRA 是什么？为什么省显存？有什么缺点？",
      variants: ["低秩适配凭什么用一张卡就能训练？"],
      points: [
        await point("冻结原有权重", "它冻结原有权重，只训练两个低秩矩阵 A 和 B"),
        await point("可训练参数少，所以显存占用少", "因为可训练参数不到总量的 1%"),
        await point("秩太小时的缺点：表达能力不足", "秩太小时表达能力不足"),
      ],
    },
    {
      id: "4.2/q2",
      documentId: "4.2",
      ask: "微调一次要经过哪几步？",
      variants: [],
      points: [
        await point("从数据到合并", "做一次 LoRA 微调的步骤如下："),
        await point("参数不到总量的 1%", "因为可训练参数不到总量的 1%"),
      ],
    },
    {
      id: "6.2/q1",
      documentId: "6.2",
      ask: "KV cache 存了什么？代价是什么？",
      variants: [],
      points: [await point("代价不是算力，而是 100 GB 显存", "KV cache 的代价是显存。")],
    },
  ];
}

describe("a question that an author foresaw", () => {
  it("is recognised when only one part of it is asked, and that part is answered first", async () => {
    const why = await ask("为什么 LoRA 省显存？");
    expect(why.text.split("\n")[0]).toContain("因为可训练参数不到总量的 1%");
    const drawback = await ask("LoRA 有什么缺点？");
    expect(drawback.text.split("\n")[0]).toContain("秩太小时表达能力不足");
  });

  it("is recognised in other words when its evidence is what is found", async () => {
    const { bank: match } = await pipeline.retrieve("训练低秩矩阵为什么显存占用就少了？");
    expect(match?.question.id).toBe("4.2/q1");
    expect(match?.similarity).toBeGreaterThan(0.62);
  });

  it("is not taken for a question about a name that the author never wrote, nor for one single fact", async () => {
    for (const question of ["Adapter 训练低秩矩阵为什么省显存？", "LoRA 的可训练参数占多少？"])
      expect((await pipeline.retrieve(question)).bank?.similarity ?? 0).toBeLessThan(0.62);
  });

  it("is answered by the definition alone when only that is asked, and by all points when asked in full", async () => {
    const { text } = await ask("LoRA 是什么？");
    expect(text).toMatch(/^LoRA（Low-Rank Adaptation）是一种参数高效微调方法/);
    expect(text).not.toContain("表达能力不足");
    expect((await ask("LoRA 是什么？为什么省显存？有什么缺点？")).citations).toHaveLength(3);
  });

  it("shows the list behind a point that only announces it", async () => {
    const { text, citations } = await ask("微调一次要经过哪几步？");
    expect(text).toMatch(/步骤如下： \[1\]\n {2}1\. 准备指令数据 \[2\]\n {2}2\. 选定秩和目标模块/);
    expect(citations.every(({ supported }) => supported)).toBe(true);
  });

  it("is left to the text when the question names a term that its points do not speak of", async () => {
    const { text } = await ask("LoRA 和 QLoRA 有什么区别？");
    expect(text).toContain("与 LoRA 相比，QLoRA 的显存更省");
  });

  it("is left to the text when the author's points do not speak of the side asked for", async () => {
    const { text } = await ask("举个 LoRA 的例子");
    expect(text).not.toMatch(/^- 因为可训练参数不到/);
  });

  it("shows the whole sentence of its evidence, and no wording that the text does not bear out", async () => {
    const { text, citations } = await ask("KV cache 存了什么？代价是什么？");
    expect(text).not.toContain("100 GB");
    expect(text).toContain("KV cache 的代价是显存。");
    expect(citations.every(({ supported }) => supported)).toBe(true);
    const frozen = (await ask("LoRA 是什么？")).citations.find(({ quote }) => quote.includes("冻结原有权重"));
    if (frozen !== undefined) expect(frozen.quote).toMatch(/。$/);
  });
});

async function ask(question: string): Promise<Answer> {
  for await (const event of pipeline.answer(question)) if (event.type === "done") return event.answer;
  throw new Error("no done event");
}
