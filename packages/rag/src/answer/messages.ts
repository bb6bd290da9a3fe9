import type { Intent } from "../retrieve/question.ts";
import type { NearestDocument } from "./events.ts";

/** Language of what the pipeline itself says. */
export type MessageLanguage = "zh" | "en";

/** What small talk is answered from. */
export interface About {
  /** What the assistant is called. */
  readonly name?: string;
  /** What it answers questions about, as a noun phrase: 「《带你自学大语言模型》课程」. */
  readonly scope?: string;
  /** Questions to try. */
  readonly examples?: readonly string[];
}

interface Messages {
  readonly smallTalk: (intent: Exclude<Intent, "question">, about: Required<About>) => string;
  readonly defaultName: string;
  readonly defaultScope: string;
  readonly offTopic: string;
  readonly notCovered: string;
  readonly nearest: (documents: readonly NearestDocument[]) => string;
  readonly partial: string;
  /** Over the nearest text to those of several questions that are not answered; or alone, where there is none. */
  readonly partialOf: (questions: readonly string[], alone: boolean) => string;
  readonly otherLanguage: string;
  readonly outline: {
    readonly whole: (scope: string) => string;
    readonly start: string;
    readonly headings: string;
    readonly missing: string;
    readonly unwritten: string;
    readonly colon: string;
    readonly place: (kind: "part" | "chapter", number: string, title: string) => string;
  };
  readonly nothingMore: string;
  readonly modelFailed: string;
  readonly modelFailedMidway: string;
  readonly modelDeclined: string;
  readonly wrongLanguage: string;
  readonly verificationFailed: string;
  /** Stands behind a sentence that its sources do not bear out. */
  readonly unverified: string;
  /** The same at the end of an answer, when it is known only then. */
  readonly unverifiedSentences: (sentences: readonly string[]) => string;
}

const zh: Messages = {
  defaultName: "问答助手",
  defaultScope: "已收录的文档",
  smallTalk: (intent, { name, scope, examples }) => {
    const tries =
      examples.length === 0
        ? ""
        : `\n\n可以这样问我：\n${examples.map((example) => `- ${example}`).join("\n")}`;
    switch (intent) {
      case "greeting":
        return `你好！我是${name}，回答关于${scope}的问题，每句话都会标出原文出处。${tries}`;
      case "thanks":
        return "不客气！还有问题就继续问。";
      case "farewell":
        return "再见！随时回来接着问。";
      case "identity":
        return `我是${name}，根据${scope}回答问题：先找到原文段落，再作答并标出出处；原文里没有的，我会直说。${tries}`;
      case "capabilities":
        return `我能根据${scope}回答问题：解释概念、比较方法、列出步骤、查数字和年份，并标出每句话的原文出处。可以追问，也可以用英文问。${tries}`;
    }
  },
  offTopic: "这个问题不在已收录内容的范围内，我没有依据，所以不回答。",
  notCovered: "已收录的内容没有回答这个问题。",
  nearest: (documents) =>
    documents.length === 0
      ? ""
      : `最接近的部分是：\n${documents.map(({ title }) => `- ${title}`).join("\n")}`,
  partial: "没有找到直接的回答；最接近的段落是：",
  partialOf: (questions, alone) =>
    `关于${questions.map((question) => `「${question.replace(/[？?]$/u, "")}」`).join("")}，没有找到直接的回答${alone ? "。" : "；最接近的段落是："}`,
  otherLanguage: "原文是英文，摘录如下：",
  outline: {
    whole: (scope) => `${scope}的内容：`,
    start: "按目录的顺序读，从这里开始：",
    headings: "这一节依次讲：",
    missing: "这一节还没有收录，所以答不了其中的问题。",
    unwritten: "（未收录）",
    colon: "：",
    place: (kind, number, title) => `第 ${number} ${kind === "part" ? "部分" : "章"} ${title}`,
  },
  nothingMore: "关于这个问题，能找到的都在上面了。可以换一个角度接着问。",
  modelFailed: "模型没有给出回答，下面是直接从原文摘出的内容。",
  modelFailedMidway: "模型的回答中途断了，以上是已收到的部分。",
  modelDeclined: "模型没有回答这个问题，下面是直接从原文摘出的内容。",
  wrongLanguage: "模型没有用提问的语言回答。",
  verificationFailed: "模型没能完成出处核对，以下以字面核对的结果为准。",
  unverified: "（未核实）",
  unverifiedSentences: (sentences) =>
    ["以下句子在出处中未得到核实：", ...sentences.map((sentence) => `- ${sentence}`)].join("\n"),
};

const en: Messages = {
  defaultName: "a question-answering assistant",
  defaultScope: "the documents collected here",
  smallTalk: (intent, { name, scope, examples }) => {
    const tries =
      examples.length === 0
        ? ""
        : `\n\nYou could ask:\n${examples.map((example) => `- ${example}`).join("\n")}`;
    switch (intent) {
      case "greeting":
        return `Hello! I am ${name}. I answer questions about ${scope} and cite the source of every sentence.${tries}`;
      case "thanks":
        return "You are welcome. Ask on whenever you like.";
      case "farewell":
        return "Goodbye! Come back any time.";
      case "identity":
        return `I am ${name}. I answer from ${scope}: I find the passage first, then answer and cite it, and I say so when it is not there.${tries}`;
      case "capabilities":
        return `I answer questions about ${scope}: explain concepts, compare methods, list steps, look up numbers and years, with the source of every sentence. Follow-up questions work, in Chinese or English.${tries}`;
    }
  },
  offTopic: "This question lies outside the documents collected here; without a source I do not answer it.",
  notCovered: "The documents collected here do not answer this question.",
  nearest: (documents) =>
    documents.length === 0
      ? ""
      : `The nearest parts are:\n${documents.map(({ title }) => `- ${title}`).join("\n")}`,
  partial: "There is no direct answer; the nearest text is:",
  partialOf: (questions, alone) =>
    `On ${questions.map((question) => `"${question}"`).join(" and ")} there is no direct answer${alone ? "." : "; the nearest text is:"}`,
  otherLanguage: "The source is in Chinese; this is what it says:",
  outline: {
    whole: (scope) => `What ${scope} holds:`,
    start: "Read in the order of the contents; begin here:",
    headings: "It covers, in this order:",
    missing: "It is not collected here yet, so questions about it cannot be answered.",
    unwritten: " (not collected)",
    colon: ": ",
    place: (kind, number, title) => `${kind === "part" ? "Part" : "Chapter"} ${number}: ${title}`,
  },
  nothingMore: "What can be found on this is all above. Ask from another side.",
  modelFailed: "The model gave no answer; this is quoted straight from the source.",
  modelFailedMidway: "The model's answer broke off; this is what arrived.",
  modelDeclined: "The model did not answer this; what follows is quoted straight from the source.",
  wrongLanguage: "The model did not answer in the language of the question.",
  verificationFailed: "The model could not check the citations; they were checked by their words only.",
  unverified: " (unverified)",
  unverifiedSentences: (sentences) =>
    ["Not verified in the sources:", ...sentences.map((sentence) => `- ${sentence}`)].join("\n"),
};

/** What the pipeline says in its own words, by language. */
export const messages: Readonly<Record<MessageLanguage, Messages>> = { zh, en };
