import type { Course } from "@zixue/course";
import type { TutorCitation, TutorEvent } from "@zixue/course-bot";
import type { Messages } from "../messages.ts";
import { printable, type Terminal } from "../terminal.ts";

export interface EventPrinter {
  print(event: TutorEvent): void;
}

/**
 * Prints a run: text as it comes, each tool call in one dim line, then the paragraphs that were cited.
 *
 * @param rejected ids of calls that the person turned down
 */
export function createEventPrinter(
  course: Course,
  terminal: Terminal,
  text: Messages,
  rejected: ReadonlySet<string> = new Set(),
): EventPrinter {
  const { style, out } = terminal;
  const started = new Map<string, number>();
  /** A call that was approved goes on with the run, and is not announced again. */
  const begun = performance.now();
  let column = 0;
  let thinking = false;
  const citations: TutorCitation[] = [];
  const write = (piece: string) => {
    const shown = printable(piece);
    out(shown);
    if (shown !== "") column = shown.endsWith("\n") ? 0 : 1;
  };
  const line = (words: string) => {
    if (column > 0) out("\n");
    column = 0;
    terminal.note(style.dim(words));
  };
  return {
    print(event) {
      switch (event.type) {
        case "reasoning":
          if (!thinking) terminal.progress(text.tutor.thinking);
          thinking = true;
          break;
        case "text":
          if (thinking) terminal.progress("");
          thinking = false;
          write(event.delta);
          break;
        case "tool-call":
          started.set(event.id, performance.now());
          break;
        case "tool-result": {
          const took = duration(performance.now() - (started.get(event.id) ?? begun));
          const failed = rejected.has(event.id)
            ? `  ${text.tutor.rejected}`
            : event.isError
              ? `  ${text.tutor.toolFailed(shortened(event.content, 80))}`
              : "";
          line(`· ${event.name} ${summary(event.args)}  ${took}${failed}`);
          break;
        }
        case "citation":
          citations.push(event.citation);
          break;
        case "retry":
          line(text.tutor.retry(event.attempt, event.reason));
          break;
        case "limit":
          line(event.message);
          break;
        case "error":
          if (column > 0) out("\n");
          column = 0;
          terminal.note(style.bad(text.failed(printable(event.error.message))));
          break;
        case "done":
          if (column > 0) out("\n");
          if (citations.length > 0) {
            out(`\n${style.bold(text.sources)}\n`);
            for (const citation of citations) out(citationLine(citation));
          }
          column = 0;
          break;
        default:
          break;
      }
    },
  };

  function citationLine({
    marker,
    documentId,
    headingPath,
    quote,
    supported,
    blockId,
  }: TutorCitation): string {
    const section = course.sections.find(({ id }) => id === documentId);
    const place = [`${documentId} ${section?.title ?? ""}`.trim(), ...headingPath].join(" › ");
    const doubt = blockId === "" ? text.tutor.noParagraph : supported ? "" : text.unsupported;
    const mark = doubt === "" ? "" : ` ${style.bad(`(${doubt})`)}`;
    const words = quote === "" ? "" : `    「${shortened(quote, 100)}」\n`;
    return `${style.accent(`[${marker}]`)} ${printable(place)}${mark}\n${words}`;
  }
}

/** The arguments of a call on one line: `question="什么是涌现能力?"`. */
export function summary(args: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(args).map(
    ([name, value]) => `${name}=${typeof value === "string" ? `"${value}"` : JSON.stringify(value)}`,
  );
  return shortened(parts.join(" "), 72);
}

function shortened(text: string, length: number): string {
  const line = [...printable(text).replace(/\s+/g, " ").trim()];
  return line.length > length ? `${line.slice(0, length - 1).join("")}…` : line.join("");
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
