import { beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  answerQuestion,
  type ChunkIndex,
  checkThresholds,
  DEFAULT_THRESHOLDS,
  fitSufficiency,
  MemoryIndex,
  parseMarkdown,
  splitDocument,
} from "../src/index.ts";
import { courseIndex, courseKnowledge } from "./small-course.ts";

const TOPICS = ["年假", "病假", "报销", "加班", "考勤", "福利", "培训", "出差", "招聘", "离职"];
const FACTS = [
  "由部门经理批准",
  "每月十五日结算",
  "在系统里提交申请",
  "保留三年的记录",
  "超过五天要说明原因",
];

/** A handbook of ten topics, and questions on each in other words than the text has. */
let handbook: ChunkIndex;
const answerable = TOPICS.flatMap((topic) =>
  [
    "谁来批",
    "什么时候结算",
    "从哪里交申请",
    "记录留多久",
    "超过几天得写明原因",
    "要走哪些手续",
    "谁批准",
    "每月几号结算",
    "申请怎么提交",
    "保留几年",
    "什么情况要说明原因",
    "由谁决定",
  ].map((asked) => `${topic}${asked}？`),
);
const unanswerable = ["天气", "电影", "足球", "做菜", "股票", "旅游"].flatMap((topic) =>
  [
    "今天怎么样",
    "哪个好看",
    "怎么学",
    "多少钱",
    "为什么会这样",
    "推荐一下",
    "谁最有名",
    "在哪里",
    "几点开始",
  ].map((asked) => `${topic}${asked}？`),
);

beforeAll(async () => {
  handbook = new MemoryIndex();
  for (const topic of TOPICS) {
    const content = `# ${topic}制度\n\n## ${topic}的规定\n\n${FACTS.map((fact) => `${topic}${fact}。`).join("\n\n")}\n`;
    const document = await parseMarkdown({ id: topic, content });
    await handbook.apply({
      put: [{ documentId: topic, hash: document.hash, chunks: splitDocument(document) }],
    });
  }
});

describe("fitSufficiency", () => {
  it("declines no more answerable questions than it was allowed, in the half it did not see", async () => {
    const fit = await fitSufficiency({ index: handbook, answerable, unanswerable, falseRefusals: 0.05 });
    expect(fit).toMatchObject({ answerable: 120, unanswerable: 54 });
    expect(fit.heldOut.falseRefusals).toBeLessThanOrEqual(0.1);
    expect(fit.heldOut.refused).toBeGreaterThan(0.9);
    expect(fit.heldOut.auc).toBeGreaterThan(0.95);
    expect(checkThresholds(fit.thresholds)).toEqual(fit.thresholds);
  });

  it("never raises a gate by few questions, and says how many it would need", async () => {
    const { thresholds, kept } = await fitSufficiency({
      index: handbook,
      answerable: answerable.slice(0, 20),
    });
    expect(thresholds.refuse).toBeLessThanOrEqual(DEFAULT_THRESHOLDS.refuse);
    expect(thresholds.answer).toBeLessThanOrEqual(DEFAULT_THRESHOLDS.answer);
    expect(kept).toContainEqual({ threshold: "refuse", kind: "answerable", questions: 20, needed: 50 });
    expect(kept).toContainEqual(
      expect.objectContaining({ threshold: "unknownWords", kind: "answerable", needed: 100 }),
    );
  });

  it("raises a gate at most to twice its default where nothing shows that it must be higher", async () => {
    const easy = TOPICS.flatMap((topic) => FACTS.map((fact) => `${topic}${fact}`));
    const { thresholds } = await fitSufficiency({ index: handbook, answerable: easy });
    expect(thresholds.refuse).toBeLessThanOrEqual(2 * DEFAULT_THRESHOLDS.refuse);
  });

  it("lowers the gate until questions that were declined get through", async () => {
    const base = { ...DEFAULT_THRESHOLDS, refuse: 0.9, answer: 0.95 };
    const { thresholds, before } = await fitSufficiency({ index: handbook, answerable, base });
    expect(before.falseRefusals).toBeGreaterThan(0.5);
    expect(await outcome(answerable[0]!, handbook, base)).toBe("refused");
    expect(await outcome(answerable[0]!, handbook, thresholds)).not.toBe("refused");
  });

  it("judges the wordings of a question bank without the bank, and each with the rest of it", async () => {
    const index = await courseIndex();
    const knowledge = await courseKnowledge();
    const wordings = knowledge.questions.flatMap(({ ask, variants }) => [ask, ...variants]);
    const options = { index, answerable: wordings };
    const { questions: _, ...unbanked } = knowledge;
    const withBank = await fitSufficiency({ ...options, knowledge });
    const without = await fitSufficiency({ ...options, knowledge: unbanked });
    expect(withBank.thresholds).toEqual(without.thresholds);
    expect(withBank.kept).toContainEqual({
      ...{ threshold: "bank", kind: "bank wordings", questions: wordings.length, needed: 100 },
    });
  });

  it("leaves greetings and what cannot be read aside, and says so", async () => {
    const { skipped } = await fitSufficiency({
      index: handbook,
      answerable: [...answerable, "你好", "   ", "长".repeat(10_000)],
    });
    expect(skipped.map(({ question }) => question.slice(0, 2))).toEqual(["你好", "  ", "长长"]);
  });

  it("is refused without questions or with a share that is none, and ends when cancelled", async () => {
    const refused = { name: "RagError", code: "invalid-input" };
    await expect(fitSufficiency({ index: handbook, answerable: [] })).rejects.toMatchObject(refused);
    await expect(fitSufficiency({ index: handbook, answerable, falseRefusals: 2 })).rejects.toMatchObject(
      refused,
    );
    const signal = AbortSignal.abort();
    await expect(fitSufficiency({ index: handbook, answerable, signal })).rejects.toMatchObject({
      code: "aborted",
    });
  });
});

describe("an answer", () => {
  it("goes by what is stored with the index, and by what is given before that", async () => {
    const question = answerable[0]!;
    expect(await outcome(question, handbook)).not.toBe("refused");
    await handbook.setThresholds({ ...DEFAULT_THRESHOLDS, refuse: 1, answer: 1 });
    expect(await outcome(question, handbook)).toBe("refused");
    expect(await outcome(question, handbook, DEFAULT_THRESHOLDS)).not.toBe("refused");
    await handbook.setThresholds(null);
    expect(await outcome(question, handbook)).not.toBe("refused");
  });
});

async function outcome(
  question: string,
  index: ChunkIndex,
  thresholds?: typeof DEFAULT_THRESHOLDS,
): Promise<Answer["outcome"]> {
  const settings = thresholds === undefined ? { index } : { index, thresholds };
  for await (const event of answerQuestion(question, settings))
    if (event.type === "done") return event.answer.outcome;
  throw new Error("no done event");
}
