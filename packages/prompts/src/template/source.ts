import { LineCounter, parseDocument } from "yaml";
import type { PromptProblem } from "../errors.ts";

/** A prompt file split into front matter and body, with the lines kept. */
export interface PromptSource {
  readonly file: string;
  readonly frontMatter: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** Line of the file on which the body begins, 1-based. */
  readonly bodyLine: number;
  /** Line of the file on which a front matter key stands. */
  lineOf(path: readonly string[]): number;
  readonly problems: readonly PromptProblem[];
}

/** Splits a `.prompt` file. Broken YAML becomes a problem with its line rather than an exception. */
export function parseSource(file: string, text: string): PromptSource {
  const source = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const opening = /^---[ \t]*\n/.exec(source);
  if (!opening) return plain(file, source);

  const rest = source.slice(opening[0].length);
  const closing = /^---[ \t]*(?:\n|$)/m.exec(rest);
  if (!closing) {
    const problem = {
      file,
      line: 1,
      message: "the front matter is never closed",
      hint: 'end it with a line that is just "---"',
    };
    return { ...plain(file, ""), problems: [problem] };
  }
  const yaml = rest.slice(0, closing.index);
  const body = rest.slice(closing.index + closing[0].length);
  const bodyLine = 2 + countLines(yaml) + 1;

  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    file,
    line: lines.linePos(error.pos[0]).line + 1,
    message: `broken YAML: ${error.message}`,
    hint: "quote values that hold ': ', '#', or begin with a special character",
  }));
  const value: unknown = document.errors.length > 0 ? {} : (document.toJS() ?? {});
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    problems.push({
      file,
      line: 2,
      message: "the front matter is not a mapping",
      hint: "write it as key: value lines",
    });
    return { ...plain(file, body), bodyLine, problems };
  }
  const lineOf = (path: readonly string[]): number => {
    for (let depth = path.length; depth > 0; depth--) {
      const parent: unknown =
        depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
      const pair = pairsOf(parent).find((p) => String(p.key?.value ?? p.key) === path[depth - 1]);
      const offset = pair?.key?.range?.[0];
      if (offset !== undefined) return lines.linePos(offset).line + 1;
    }
    return 1;
  };
  return { file, frontMatter: value as Record<string, unknown>, body, bodyLine, lineOf, problems };
}

interface YamlPair {
  readonly key?: { readonly value?: unknown; readonly range?: readonly number[] };
}

function pairsOf(node: unknown): readonly YamlPair[] {
  return (node as { items?: readonly YamlPair[] } | undefined)?.items ?? [];
}

function plain(file: string, body: string): PromptSource {
  return { file, frontMatter: {}, body, bodyLine: 1, lineOf: () => 1, problems: [] };
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
