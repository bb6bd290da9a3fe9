import { resolveModels } from "@zixue/models";
import { reply, startScriptedServer } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { type Answer, type Citation, citationQuality, evaluateAnswers, modelVerifier } from "../src/index.ts";

const cite = (marker: number, blockId: string, quote: string, supported = true): Citation => ({
  ...{ marker, documentId: blockId.split("#")[0] ?? "", blockId, headingPath: [], quote, supported },
});
const answer = (text: string, citations: readonly Citation[]): Answer => ({
  ...{ text, citations, mode: "generative", outcome: "answered", refused: null },
});

const LORA = "LoRA 冻结原有权重，只训练两个低秩矩阵。";
const CACHE = "KV cache 的代价是显存，每个 token 要占 512 KB。";

describe("citation quality", () => {
  it("looks at each sentence beside what it cites, whatever the citations say of themselves", () => {
    const given = answer(`${LORA}[1]KV cache 的代价是显存，每个 token 要占 256 KB。[2]它由香蕉公司研制。`, [
      cite(1, "a#1", LORA, false),
      cite(2, "b#1", CACHE, true),
    ]);
    const quality = citationQuality(given);
    expect(quality.pairs.map(({ supported }) => supported)).toEqual([true, false]);
    expect(quality).toMatchObject({ claims: 3, supportedClaims: 1 });
  });

  it("lets a citation behind a run of sentences stand for them", () => {
    const given = answer("LoRA 冻结原有权重。只训练两个低秩矩阵。[1]", [cite(1, "a#1", LORA)]);
    expect(citationQuality(given)).toMatchObject({ claims: 2, supportedClaims: 2 });
  });
});

describe("evaluating answers", () => {
  const queries = [
    { id: "q1", text: "什么是 LoRA？" },
    { id: "q2", text: "KV cache 的代价是什么？" },
    { id: "q3", text: "没有标准答案的问题？" },
  ];
  const gold = new Map([
    ["q1", ["低秩矩阵"]],
    ["q2", ["1024 KB"]],
  ]);
  const give = async (question: string) =>
    question.includes("LoRA")
      ? answer(`${LORA}[1]`, [cite(1, "a#1", LORA)])
      : answer("KV cache 的代价是显存，每个 token 要占 256 KB。[1]", [cite(1, "b#1", CACHE)]);

  it("measures precision and recall of citations, and how much of the gold evidence is cited", async () => {
    const report = await evaluateAnswers(queries, gold, give, {
      evidence: new Map([
        ["q1", ["a"]],
        ["q2", ["b#1", "c#1"]],
      ]),
    });
    expect(report).toMatchObject({
      questions: 2,
      goldShown: 0.5,
      citationPrecision: 0.5,
      citationRecall: 0.5,
      evidenceRecall: 0.75,
      faithfulness: null,
    });
  });

  it("has a model judge each answer's pairs in one structured call", async () => {
    const verdicts = (supported: boolean) =>
      reply.toolCalls([{ name: "verdicts", args: { verdicts: [{ pair: 1, supported }] } }]);
    const server = await startScriptedServer([verdicts(true), verdicts(false)]);
    try {
      const { chat } = await resolveModels(
        { provider: "custom", baseUrl: server.url, apiKey: "test", chatModel: "judge", maxRetries: 0 },
        {},
      );
      if (chat === undefined) throw new Error("no chat model");
      const report = await evaluateAnswers(queries, gold, give, { judge: modelVerifier(chat) });
      expect(report.faithfulness).toBe(0.5);
      expect(report.evidenceRecall).toBeNull();
      expect(server.requests).toHaveLength(2);
      expect(JSON.stringify(server.requests[0]?.body.messages)).toContain("LoRA 冻结原有权重");
    } finally {
      await server.close();
    }
  });

  it("stops when it is cancelled, and refuses questions without gold answers", async () => {
    await expect(evaluateAnswers(queries, gold, give, { signal: AbortSignal.abort() })).rejects.toMatchObject(
      { code: "aborted" },
    );
    await expect(evaluateAnswers(queries, new Map(), give)).rejects.toMatchObject({ code: "invalid-input" });
  });
});
