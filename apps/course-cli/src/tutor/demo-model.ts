import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { DEMO_WORDS } from "./demo-words.ts";

/**
 * A script in the place of a model, to show what the tutor's tools do: it picks a tool by words in the learner's line
 * and repeats what the tool gave. It understands nothing, and every reply is labelled as scripted.
 */
export function demoModel(language: "zh" | "en"): BaseChatModel {
  const words = DEMO_WORDS[language];
  return scriptedChatModel(({ messages }) => {
    const last = messages.at(-1);
    if (last?.getType() === "tool") return reply.text(words.after(last.name ?? "", last.text));
    return answerLine(last?.text ?? "", messages, words);
  });
}

function answerLine(line: string, messages: readonly BaseMessage[], words: (typeof DEMO_WORDS)["zh"]) {
  const asked = openQuestion(messages);
  if (/记过|什么笔记|我的笔记|my notes/i.test(line))
    return reply.toolCalls([{ name: "read_notes", args: {} }]);
  if (/笔记|记下|记一下|\bnote\b/i.test(line)) {
    const text = line.replace(/^.*?(?:笔记|记下|记一下|\bnote\b)\s*[::,,]?\s*/i, "").trim() || line;
    return reply.toolCalls([{ name: "save_note", args: { text } }]);
  }
  if (/考|出题|quiz|test me/i.test(line)) {
    const concept = /(?:考考我|考我|考|出题|quiz me on|quiz me|test me on|test me)\s*[::]?\s*(.+)/i.exec(
      line,
    )?.[1];
    const args = concept === undefined ? {} : { concept: concept.replace(/[??。.!!]+$/u, "").trim() };
    return reply.toolCalls([{ name: "quiz_me", args }]);
  }
  if (asked !== undefined && /提示|hint/i.test(line))
    return reply.toolCalls([{ name: "quiz_me", args: { question: asked, hint: 1 } }]);
  if (asked !== undefined)
    return reply.toolCalls([{ name: "quiz_me", args: { question: asked, answer: line } }]);
  if (/^(?:读|read)\s*\d{1,2}\.\d{1,2}/i.test(line)) {
    const section = /\d{1,2}\.\d{1,2}/.exec(line)?.[0] ?? "";
    return reply.toolCalls([{ name: "read_section", args: { section } }]);
  }
  if (/^[\d\s().+\-*/%^]+[=?]?$/.test(line) && /\d/.test(line))
    return reply.toolCalls([{ name: "calculator", args: { expression: line.replace(/[=?]\s*$/, "") } }]);
  if (/^(?:js|javascript)\s*[::]/i.test(line)) {
    const code = line.replace(/^(?:js|javascript)\s*[::]\s*/i, "");
    return reply.toolCalls([{ name: "run_javascript", args: { code } }]);
  }
  if (line.length < 2) return reply.text(words.lost);
  return reply.toolCalls([{ name: "search_course", args: { question: line } }]);
}

/** The question that was asked last and has not been answered. */
function openQuestion(messages: readonly BaseMessage[]): string | undefined {
  const results = messages.filter((message) => message.getType() === "tool" && message.name === "quiz_me");
  const last = results.at(-1)?.text ?? "";
  if (last.includes("评分要点")) return undefined;
  const ids = results.flatMap((message) => /题号 ([^\s（]+)（/.exec(message.text)?.[1] ?? []);
  return ids.at(-1);
}
