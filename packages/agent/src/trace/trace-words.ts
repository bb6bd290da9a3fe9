import type { TraceSpan } from "../store/state-store.ts";
import type { Language } from "../wording.ts";

/** What a printed trace says. */
export interface TraceWords {
  readonly empty: string;
  readonly trace: string;
  readonly thread: string;
  readonly resumedFrom: string;
  /** What is worth knowing of one span, besides time, tokens and money. */
  notes(span: TraceSpan): string[];
}

export function wordsOf(language: Language): TraceWords {
  const words = WORDS[language];
  return {
    ...words,
    notes: ({ attributes, status }) => {
      const text = (name: string) => {
        const value = attributes[name];
        return value === undefined ? undefined : String(value);
      };
      const attempt = text("zixue.attempt");
      const first = Number(attributes["gen_ai.response.time_to_first_chunk"]);
      const reason = text("gen_ai.response.finish_reasons");
      const run = text("zixue.run.status");
      const limit = text("zixue.run.limit");
      const approval = text("zixue.approval");
      const length = text("zixue.tool.result.length");
      const error = [text("error.type"), text("error.message")].filter((part) => part !== undefined);
      return [
        ...(status === "error" ? [error.join(": ")] : []),
        ...(run && run !== "completed" ? [`${words.runs[run] ?? run}${limit ? ` (${limit})` : ""}`] : []),
        ...(attempt ? [words.attempt(attempt)] : []),
        ...(first > 0 ? [words.first(first.toFixed(2))] : []),
        ...(reason && reason !== "stop" ? [reason] : []),
        ...(approval ? [words.approvals[approval] ?? approval] : []),
        ...(attributes["zixue.tool.may_have_run"] ? [words.mayHaveRun] : []),
        ...(length && status === "ok" ? [words.characters(length)] : []),
        text("gen_ai.tool.call.arguments") ?? "",
      ];
    },
  };
}

interface Words extends Omit<TraceWords, "notes"> {
  readonly runs: Readonly<Record<string, string>>;
  readonly approvals: Readonly<Record<string, string>>;
  readonly mayHaveRun: string;
  readonly attempt: (count: string) => string;
  readonly first: (seconds: string) => string;
  readonly characters: (count: string) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  zh: {
    empty: "没有记录。",
    trace: "追踪",
    thread: "会话",
    resumedFrom: "接续",
    runs: { limited: "到达上限", waiting: "等待批准", aborted: "已中止", failed: "失败" },
    approvals: { waiting: "等待批准", approve: "已批准", edit: "改过参数后批准", reject: "被拒绝" },
    mayHaveRun: "可能已经执行过",
    attempt: (count) => `第 ${count} 次尝试`,
    first: (seconds) => `首字 ${seconds} s`,
    characters: (count) => `结果 ${count} 字`,
  },
  en: {
    empty: "No spans.",
    trace: "Trace",
    thread: "thread",
    resumedFrom: "resumed from",
    runs: { limited: "limit reached", waiting: "waiting for approval", aborted: "aborted", failed: "failed" },
    approvals: { waiting: "waiting for approval", approve: "approved", edit: "edited", reject: "rejected" },
    mayHaveRun: "may have run before",
    attempt: (count) => `attempt ${count}`,
    first: (seconds) => `first token ${seconds} s`,
    characters: (count) => `${count} characters`,
  },
};
