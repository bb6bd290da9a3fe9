import { relative } from "node:path";
import { type Course, lineAt, type WrittenSection } from "@zixue/course";
import type { AnswerEvent, Citation, NearestDocument } from "@zixue/rag";
import type { Messages } from "./messages.ts";
import { printable, type Terminal } from "./terminal.ts";

export interface AnswerPrinter {
  print(event: AnswerEvent): void;
}

/** Prints an answer as it comes, then its sources: section, heading path, file and line, quote. */
export function createAnswerPrinter(
  course: Course,
  terminal: Terminal,
  text: Messages,
  options: { readonly folder?: string } = {},
): AnswerPrinter {
  const { style, out } = terminal;
  const sections = new Map<string, WrittenSection>();
  for (const section of course.sections) if (section.written) sections.set(section.id, section);
  const write = styledMarkdown(terminal);
  let printed = false;
  return {
    print(event) {
      switch (event.type) {
        case "understood":
          terminal.progress("");
          if (event.corrections.length > 0)
            terminal.note(style.dim(text.understoodAs(printable(event.question))));
          break;
        case "text":
          printed = true;
          write(event.delta);
          break;
        case "error":
          terminal.note(style.bad(text.failed(printable(event.error.message))));
          break;
        case "done": {
          const { answer } = event;
          if (!printed) write(answer.text);
          write("\n", true);
          if (answer.citations.length > 0) out(`\n${style.bold(text.sources)}\n`);
          for (const citation of answer.citations) out(citationLines(citation));
          if (answer.refused && answer.refused.nearest.length > 0)
            out(nearestLines(answer.refused.nearest, answer.text));
          if (answer.mode === "extractive" && answer.citations.length > 0)
            terminal.note(style.dim(text.extractive));
          break;
        }
        default:
          break;
      }
    },
  };

  function citationLines(citation: Citation): string {
    const section = sections.get(citation.documentId);
    const path = [`${citation.documentId} ${section?.title ?? ""}`.trim(), ...citation.headingPath].join(
      " › ",
    );
    const doubt = citation.supported ? "" : ` ${style.bad(`(${text.unsupported})`)}`;
    const quote = printable(citation.quote).replace(/\s+/g, " ");
    const shown = [...quote].length > 120 ? `${[...quote].slice(0, 119).join("")}…` : quote;
    return [
      `${style.accent(`[${citation.marker}]`)} ${printable(path)}${doubt}`,
      `    ${style.dim(placeOf(citation, section))}`,
      `    「${shown}」`,
      "",
    ].join("\n");
  }

  function placeOf(citation: Citation, section: WrittenSection | undefined): string {
    const block = section?.document.blocks.find((candidate) => candidate.id === citation.blockId);
    if (section === undefined || block === undefined) return citation.url ?? citation.documentId;
    return `${fileOf(section)}:${lineAt(section.document, block.start)}`;
  }

  function nearestLines(nearest: readonly NearestDocument[], answer: string): string {
    // Where the answer's own words already name them, once is enough.
    const rest = nearest.filter(({ title }) => !answer.includes(title));
    if (rest.length === 0) return "";
    const lines = rest.map(({ documentId, title, url }) => {
      const section = sections.get(documentId);
      return `  ${documentId} ${printable(title)}  ${style.dim(section === undefined ? (url ?? "") : fileOf(section))}`;
    });
    return `\n${style.bold(text.nearest)}\n${lines.join("\n")}\n`;
  }

  function fileOf(section: WrittenSection): string {
    return relative(options.folder ?? process.cwd(), `${course.folder}/${section.file}`);
  }
}

/** Writes Markdown as it streams: on a terminal `**…**` is shown bold and `[1]` coloured, elsewhere it stays as it is. */
function styledMarkdown(terminal: Terminal): (delta: string, last?: boolean) => void {
  const { style, out, interactive } = terminal;
  let held = "";
  return (delta, last = false) => {
    const text = held + printable(delta);
    if (!interactive) {
      out(text);
      return;
    }
    const open = last ? text.length : settledLength(text);
    held = text.slice(open);
    out(
      text
        .slice(0, open)
        .replace(/\*\*([^*\n]+)\*\*/g, (_, words: string) => style.bold(words))
        .replace(/\[\d{1,3}\]/g, (marker) => style.accent(marker)),
    );
  };
}

/** How much of the text so far can be shown: what may become a mark waits for the next piece, up to the line's end. */
function settledLength(text: string): number {
  const line = text.lastIndexOf("\n") + 1;
  const bolds = [...text.slice(line).matchAll(/\*\*/g)];
  const unclosed = bolds.length % 2 === 1 ? bolds.at(-1)?.index : undefined;
  if (unclosed !== undefined) return line + unclosed;
  return text.length - (/(?:\*|\[\d{0,3})$/.exec(text)?.[0].length ?? 0);
}
