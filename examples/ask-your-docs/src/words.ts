import type { IngestReport } from "@zixue/rag";

/** Everything that this program says, in two languages. Answers come from your files. */
export interface Words {
  readonly language: "zh" | "en";
  readonly sources: string;
  readonly page: (page: number) => string;
  readonly line: (line: number) => string;
  readonly unsupported: string;
  readonly understoodAs: (question: string) => string;
  readonly failed: (reason: string) => string;
  readonly unreadable: (reason: string) => string;
  readonly indexed: (folder: string, files: number, report: IngestReport) => string;
  readonly empty: (folder: string) => string;
  readonly help: string;
  readonly stopped: string;
  readonly check: {
    readonly declined: string;
    readonly cites: (file: string) => string;
    readonly result: (passed: number, failed: number) => string;
  };
}

const zh: Words = {
  language: "zh",
  sources: "出处",
  page: (page) => `第 ${page} 页`,
  line: (line) => `第 ${line} 行`,
  unsupported: "(原文没有完全支持这句话,请核对)",
  understoodAs: (question) => `理解为:${question}`,
  failed: (reason) => `出错了:${reason}`,
  unreadable: (reason) => `跳过:${reason}`,
  indexed: (folder, files, { added, changed, removed }) =>
    `${folder}:${files} 个文件(新增 ${added},改动 ${changed},移除 ${removed})`,
  empty: (folder) =>
    `${folder} 里没有能读的文件(.md .txt .html .pdf .docx)。用 ASK_FOLDER 或 --folder 指定别的文件夹。`,
  help: "直接输入问题;/reload 重新读取文件夹,/new 换个话题,Ctrl+C 停止回答,Ctrl+D 退出。",
  stopped: "已停止。",
  check: {
    declined: "应当拒答",
    cites: (file) => `应当引用 ${file}`,
    result: (passed, failed) => `${passed} 条通过,${failed} 条没有通过`,
  },
};

const en: Words = {
  language: "en",
  sources: "Sources",
  page: (page) => `page ${page}`,
  line: (line) => `line ${line}`,
  unsupported: "(not fully supported by the source; please check)",
  understoodAs: (question) => `Understood as: ${question}`,
  failed: (reason) => `Something went wrong: ${reason}`,
  unreadable: (reason) => `Skipped: ${reason}`,
  indexed: (folder, files, { added, changed, removed }) =>
    `${folder}: ${files} files (${added} new, ${changed} changed, ${removed} removed)`,
  empty: (folder) =>
    `${folder} has no file that can be read (.md .txt .html .pdf .docx). Name another with ASK_FOLDER or --folder.`,
  help: "Type a question; /reload reads the folder again, /new starts a new topic, Ctrl+C stops an answer, Ctrl+D leaves.",
  stopped: "Stopped.",
  check: {
    declined: "should be declined",
    cites: (file) => `should cite ${file}`,
    result: (passed, failed) => `${passed} passed, ${failed} failed`,
  },
};

/** English where the locale is English, else Chinese. */
export function wordsFor(env: Readonly<Record<string, string | undefined>>): Words {
  return /^en/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || "") ? en : zh;
}
