import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cleanQuestion,
  isDictionaryWord,
  MAX_QUESTION_LENGTH,
  questionShape,
  splitQuestion,
  understandQuestion,
} from "../src/index.ts";
import { GLOSSARY } from "./small-course.ts";

const understand = (question: string, ...asked: string[]) =>
  understandQuestion(question, {
    glossary: GLOSSARY,
    history: asked.map((content) => ({ role: "user" as const, content })),
  });

describe("understandQuestion", () => {
  it.each([
    ["它和缩放定律有什么关系？", ["什么是涌现能力？"], "涌现能力和缩放定律有什么关系？"],
    ["那优点呢？", ["什么是 LoRA？"], "LoRA的优点是什么？"],
    ["那 QLoRA 呢？", ["什么是 LoRA？"], "什么是 QLoRA？"],
    ["后者有什么优势？", ["LoRA 和 QLoRA 有什么区别？"], "QLoRA有什么优势？"],
    ["有哪些缺点？", ["什么是 LoRA？"], "LoRA有哪些缺点？"],
    ["它是怎么训练的？", ["什么是 LoRA？", "那 QLoRA 呢？"], "QLoRA是怎么训练的？"],
    ["How does it work?", ["What is LoRA?"], "How does LoRA work?"],
    ["What about QLoRA?", ["What is LoRA?"], "What is QLoRA?"],
    ["详细说说", ["什么是投机解码？"], "什么是投机解码？"],
  ])("makes %s stand alone after %j", async (question, asked, expected) => {
    const understood = await understand(question, ...asked);
    expect(understood.question).toBe(expected);
    expect(understood.followUp).toBe(true);
  });

  it.each([
    ["什么是缩放定律？", "什么是 LoRA？"],
    ["这门课程有多少章？", "什么是 LoRA？"],
    ["Is it possible to train a model on a laptop?", "What is LoRA?"],
    ["什么是投机解码？它为什么快？", "什么是 LoRA？"],
  ])("leaves %s alone, which already stands alone", async (question, asked) => {
    expect(await understand(question, asked)).toMatchObject({ question, followUp: false });
  });

  it.each([
    ["什么是transfomer？", "transfomer", "Transformer"],
    ["什么是 Transfromer？", "Transfromer", "Transformer"],
    ["涌线能力是什么？", "涌线能力", "涌现能力"],
    ["投机解马怎么做？", "投机解马", "投机解码"],
    ["缩放定率是谁提出的？", "缩放定率", "缩放定律"],
  ])("mends a mistyped term and says so: %s", async (question, from, to) => {
    const understood = await understand(question);
    expect(understood.corrections).toEqual([{ from, to }]);
    expect(understood.question).toBe(question.replace(from, to));
  });

  it.each([
    "怎么 transform 数据？",
    "What model should I use for this?",
    "对其进行微调可以吗？",
    "LoRAs 有哪些？",
  ])("changes nothing in %s", async (question) => {
    expect((await understand(question)).corrections).toEqual([]);
  });

  it("takes no word for a misspelling that the documents use", async () => {
    const understood = await understandQuestion("什么是 transfomer？", {
      glossary: GLOSSARY,
      isKnown: () => true,
    });
    expect(understood.corrections).toEqual([]);
  });

  it.each([
    ["你好", "greeting"],
    ["谢谢你！", "thanks"],
    ["你是谁？", "identity"],
    ["你能做什么？", "capabilities"],
    ["What can you do?", "capabilities"],
    ["你好，什么是 LoRA？", "question"],
    ["你好吗这个词怎么翻译", "question"],
  ] as const)("reads the intent of %s as %s", async (question, intent) => {
    expect((await understand(question)).intent).toBe(intent);
  });

  it("falls back to rules when the rewriting model fails", async () => {
    const understood = await understandQuestion("它有什么缺点？", {
      glossary: GLOSSARY,
      history: [{ role: "user", content: "什么是 LoRA？" }],
      rewrite: async () => {
        throw new Error("down");
      },
    });
    expect(understood.question).toBe("LoRA有什么缺点？");
  });
});

describe("cleanQuestion", () => {
  it("takes out control characters, hidden characters and lone surrogates", () => {
    expect(cleanQuestion("什么\u0000是\u202e LoRA\ud800？\u200b")).toBe("什么 是 LoRA ？");
  });

  it("gives well-formed text of bounded length, or says what is wrong", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        let clean: string;
        try {
          clean = cleanQuestion(text);
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid-input" });
          return;
        }
        expect(() => encodeURIComponent(clean)).not.toThrow();
        expect(clean).not.toMatch(/\p{Cc}/u);
        expect(clean.length).toBeGreaterThan(0);
      }),
    );
    expect(() => cleanQuestion("长".repeat(MAX_QUESTION_LENGTH + 1))).toThrow(/4000/);
  });
});

describe("questionShape", () => {
  it.each([
    ["什么是涌现能力？", "definition"],
    ["LoRA 和 QLoRA 有什么区别？", "compare"],
    ["涌现能力和缩放定律有什么关系？", "relation"],
    ["为什么 LoRA 省显存？", "why"],
    ["微调有哪些步骤？", "list"],
    ["怎么做微调？", "how"],
    ["GPT-3 有多少参数？", "count"],
    ["LoRA 是哪一年提出的？", "when"],
    ["誰提出了縮放定律？", "who"],
    ["LoRA", "definition"],
    ["Why does LoRA save memory?", "why"],
    ["How many parameters does GPT-3 have?", "count"],
  ] as const)("reads %s as %s", (question, type) => {
    expect(questionShape(question).type).toBe(type);
  });

  it("finds both sides of a comparison", () => {
    expect(questionShape("LoRA 和 QLoRA 有什么区别？").sides).toEqual(["LoRA", "QLoRA"]);
    expect(questionShape("What is the difference between LoRA and QLoRA?").sides).toEqual(["LoRA", "QLoRA"]);
  });

  it("parts a message that asks two things", () => {
    expect(splitQuestion("什么是涌现能力？它和缩放定律是什么关系？")).toEqual([
      "什么是涌现能力？",
      "它和缩放定律是什么关系？",
    ]);
    expect(splitQuestion("什么是涌现能力？")).toEqual(["什么是涌现能力？"]);
  });
});

it("leaves words of a dictionary alone, however near a term they are", async () => {
  const glossary = [
    { zh: "图灵测试", en: "Turing test", aliases: [], definition: "" },
    { zh: "嵌入", en: "embedding", aliases: [], definition: "" },
  ];
  const read = (question: string) => understandQuestion(question, { glossary, isWord: isDictionaryWord });
  expect((await read("Which wars were fought during the reign?")).corrections).toEqual([]);
  expect((await read("What is embeding?")).corrections).toEqual([{ from: "embeding", to: "embedding" }]);
});

it("writes a name in one word where the documents do, and says so", async () => {
  const documents = "FlashAttention 用分块计算。OpenAI 发布了 GPT。put it into words";
  const isKnown = (word: string) => documents.toLowerCase().includes(word.toLowerCase());
  const read = (question: string) => understandQuestion(question, { isKnown, isWord: isDictionaryWord });
  expect(await read("Flash Attention 为什么快")).toMatchObject({
    question: "FlashAttention 为什么快",
    corrections: [{ from: "Flash Attention", to: "FlashAttention" }],
  });
  expect((await read("What goes in to Open-AI models?")).question).toBe("What goes in to OpenAI models?");
  expect((await read("What is prompt engineering?")).corrections).toEqual([]);
});
