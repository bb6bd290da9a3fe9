import Handlebars from "handlebars";
import type { PromptProblem } from "../errors.ts";

/** Text with Handlebars in it, and where it came from. */
export interface TemplateText {
  readonly file: string;
  readonly text: string;
  /** Line of the file on which the text begins, 1-based. */
  readonly line: number;
}

/** Parses a template; a syntax error comes back as a problem on its line. */
export function parseTemplate(
  template: TemplateText,
): { program: hbs.AST.Program } | { problem: PromptProblem } {
  try {
    return { program: Handlebars.parse(template.text) };
  } catch (error) {
    return { problem: syntaxProblem(template, error as Error & { lineNumber?: number }) };
  }
}

function syntaxProblem(template: TemplateText, error: Error & { lineNumber?: number }): PromptProblem {
  const [first = "", ...rest] = error.message.split("\n");
  const at = (line: number) => template.line + line - 1;
  const line = error.lineNumber ?? Number(/on line (\d+)/.exec(first)?.[1] ?? 1);

  const mismatch = /^(\S+) doesn't match (\S+)/.exec(error.message);
  if (mismatch) {
    return {
      file: template.file,
      line: at(line),
      message: `block {{#${mismatch[1]}}} is closed by {{/${mismatch[2]}}}`,
      hint: `close it with {{/${mismatch[1]}}}, or close the inner block first`,
    };
  }
  const tail = rest.at(-1) ?? "";
  if (tail.includes("got 'EOF'")) {
    const open = findUnclosedBlock(template.text);
    return {
      file: template.file,
      line: at(open?.line ?? line),
      message: open ? `block {{#${open.name}}} is never closed` : "the template ends inside an expression",
      hint: open ? `add {{/${open.name}}}` : "close it with }}",
    };
  }
  if (tail.includes("got 'OPEN_ENDBLOCK'") || tail.includes("got 'INVERSE'")) {
    return {
      file: template.file,
      line: at(line),
      message: "a block is closed or continued that was never opened",
      hint: "remove it, or open the block with {{#…}} before it",
    };
  }
  return {
    file: template.file,
    line: at(line),
    message: `cannot read the expression near ${JSON.stringify(rest[0] ?? first)}`,
    hint: "close expressions with }}; to write two opening braces as text, put a backslash before them: \\{{",
  };
}

/** The innermost block left open at the end of the text. */
function findUnclosedBlock(text: string): { name: string; line: number } | undefined {
  const open: { name: string; line: number }[] = [];
  const tag = /\{\{!--[\s\S]*?--\}\}|\{\{~?(#>?|\/)\s*\*?\s*([^\s}~]+)/g;
  for (const match of text.matchAll(tag)) {
    if (match[1] === "/") open.pop();
    else if (match[1]) open.push({ name: match[2]!, line: text.slice(0, match.index).split("\n").length });
  }
  return open.at(-1);
}
