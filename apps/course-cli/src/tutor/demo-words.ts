interface DemoWords {
  /** What is said after a tool gave its result. */
  readonly after: (tool: string, result: string) => string;
  readonly lost: string;
}

/** What the scripted demo says. */
export const DEMO_WORDS: Readonly<Record<"zh" | "en", DemoWords>> = {
  zh: {
    lost: "试试:什么是涌现能力?  /  考考我涌现能力  /  记一下:涌现要看评测指标  /  37*41  /  读 1.1",
    after: (tool, result) => {
      switch (tool) {
        case "search_course":
          return `课程里最相关的一段是:\n${firstParagraph(result)}\n\n这段哪里不明白?可以接着问,或说「考考我」。`;
        case "read_section":
          return `这一节是这样开头的:\n${firstParagraph(result)}`;
        case "quiz_me":
          return quizWords(result, {
            ask: (question) => `${question}\n(直接写你的回答;卡住时说「提示」。)`,
            rubric: (points) => `对照一下,完整的回答有这几点:\n${points}`,
          });
        case "save_note":
          return result.startsWith("已记入") ? "记下了。想看时说「我的笔记」。" : "好,没有记。";
        default:
          return result;
      }
    },
  },
  en: {
    lost: "Try: what are emergent abilities?  /  quiz me on 涌现  /  note: metrics matter  /  37*41  /  read 1.1",
    after: (tool, result) => {
      switch (tool) {
        case "search_course":
          return `The nearest paragraph of the course (in Chinese):\n${firstParagraph(result)}\n\nAsk on, or say "quiz me".`;
        case "read_section":
          return `The section begins (in Chinese):\n${firstParagraph(result)}`;
        case "quiz_me":
          return quizWords(result, {
            ask: (question) => `${question}\n(Write your answer; say "hint" when you are stuck.)`,
            rubric: (points) => `Compare: a full answer has these points:\n${points}`,
          });
        case "save_note":
          return result.startsWith("已记入") ? 'Noted. Say "my notes" to see it.' : "All right, not noted.";
        default:
          return result;
      }
    },
  },
};

/** The first numbered paragraph, its number at the end as a citation. A search puts the place on a line of its own. */
function firstParagraph(result: string): string {
  const part = result.split("\n\n").find((candidate) => /\[\d+\.\d+-\d+\]/.test(candidate));
  if (part === undefined) return result;
  const text = part.slice(part.search(/\[\d+\.\d+-\d+\]/));
  const marker = /\[[\d.-]+\]/.exec(text)?.[0] ?? "";
  const body = text.slice(marker.length).trim();
  return `${body.includes("\n") && /^\d+\.\d+ /.test(body) ? body.slice(body.indexOf("\n") + 1) : body} ${marker}`;
}

function quizWords(
  result: string,
  words: { ask: (question: string) => string; rubric: (points: string) => string },
): string {
  const question = /题目：(.+)/.exec(result)?.[1];
  const points = result.split(/评分要点[^\n]*\n/)[1];
  if (points !== undefined)
    return words.rubric(points.replace(/ https?:\S+| \/\S+/g, "").replace(/\n\s+原文：.*/g, ""));
  return question === undefined ? result : words.ask(question);
}
