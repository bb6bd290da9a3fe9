/** Every text of the site's own parts, in both languages. */
export const messages = {
  zh: {
    askTitle: "问课程",
    askLead: "用自己的话提问。回答只来自课程正文，每一句都引到原文的那一段；课程没讲到的，会直说。",
    placeholder: "比如：什么是涌现能力？",
    send: "提问",
    stop: "停止",
    again: "新对话",
    thinking: "正在查课程 …",
    you: "你",
    bot: "课程",
    examples: "可以先试试",
    exampleQuestions: ["什么是涌现能力？", "怎么学会自学？", "RAG 为什么能减少幻觉？"],
    sources: "引用的段落",
    unsupported: "原文中没有找到依据",
    declined: "课程没有讲到这个。最接近的章节：",
    readAs: (from: string, to: string) => `「${from}」按「${to}」理解`,
    modeExtractive: "离线回答：直接摘自课程原文",
    modeGenerative: "由模型写成，引用已核对",
    reasoning: "思考过程",
    stopped: "已停止",
    offline: "连不上课程机器人。它在运行吗？（npm start）",
    questions: "本节问题",
    questionsLead: "带着这些问题读；答案散落在正文里。",
    concepts: "必要核心概念",
    minutes: (count: number) => `约 ${count} 分钟`,
    requires: "先修",
    askThis: "问问课程",
    home: {
      name: "带你自学大语言模型",
      text: "一门可以提问的大语言模型自学课",
      tagline: "每个回答都引到原文的那一段；课程没讲到的，会直说。克隆下来就能用，不要密钥，不要联网。",
      start: "开始阅读",
      ask: "问一个问题",
    },
    planned: "撰写中",
  },
  en: {
    askTitle: "Ask the course",
    askLead:
      "Ask in your own words, in English or Chinese. Answers come from the course alone (the course is in Chinese), each sentence cites its paragraph; what the course does not cover, it says so.",
    placeholder: "For example: What is an emergent ability?",
    send: "Ask",
    stop: "Stop",
    again: "New conversation",
    thinking: "Searching the course …",
    you: "You",
    bot: "Course",
    examples: "Try one of these",
    exampleQuestions: [
      "What is an emergent ability?",
      "How do I learn to teach myself?",
      "Why does RAG reduce hallucination?",
    ],
    sources: "Paragraphs cited",
    unsupported: "not supported by the paragraph",
    declined: "The course does not cover this. Nearest sections:",
    readAs: (from: string, to: string) => `read “${from}” as “${to}”`,
    modeExtractive: "Offline answer: quoted from the course",
    modeGenerative: "Written by a model; citations verified",
    reasoning: "Reasoning",
    stopped: "Stopped",
    offline: "The course bot does not answer. Is it running? (npm start)",
    questions: "Questions of this section",
    questionsLead: "Read with these in mind; the answers are spread over the text.",
    concepts: "Core concepts",
    minutes: (count: number) => `about ${count} minutes`,
    requires: "Read first",
    askThis: "Ask the course",
    home: {
      name: "Teach Yourself Large Language Models",
      text: "A self-study course that you can ask",
      tagline:
        "Every answer cites the exact paragraph, and the bot says when the course does not cover something. Works right after a clone: no key, no network.",
      start: "Start reading",
      ask: "Ask a question",
    },
    planned: "being written",
  },
} as const;

export type Language = keyof typeof messages;
export type Messages = (typeof messages)[Language];

export function languageOf(lang: string): Language {
  return lang.toLowerCase().startsWith("zh") ? "zh" : "en";
}
