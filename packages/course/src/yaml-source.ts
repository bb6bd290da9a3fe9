import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Problem } from "./problem.ts";

export interface YamlSource {
  /** Named in problems. */
  readonly file: string;
  readonly text: string;
  /** Line of the file on which `text` begins; 1 for a whole file. */
  readonly firstLine?: number;
  readonly rule: string;
}

export interface CheckedYaml<T> {
  /** Absent when there is a problem. */
  readonly value?: T;
  readonly problems: readonly Problem[];
  /** Line in the file of the node at a path; of the nearest node that exists when the path does not. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/**
 * Parses YAML and checks it against a schema. Every problem, of syntax or of schema, names its line in the file.
 *
 * @example checkYaml(outlineSchema, { file: "outline.yaml", text, rule: "outline" })
 */
export function checkYaml<T>(schema: z.ZodType<T>, source: YamlSource): CheckedYaml<T> {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
  const firstLine = source.firstLine ?? 1;
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line) + firstLine - 1;
  const problem = (line: number, message: string): Problem => ({
    file: source.file,
    line,
    severity: "error",
    rule: source.rule,
    message,
  });
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const offset = offsetOf(document, path.slice(0, length));
      if (offset !== undefined) return lineAt(offset);
    }
    return firstLine;
  };

  if (document.errors.length > 0) {
    const problems = document.errors.map((error) =>
      problem(
        lineAt(error.pos[0]),
        `not valid YAML: ${error.message}. Quote a value that holds ": " or " #", inside { } or [ ] also one with a comma, or that starts with a mark such as [ { & * ! | > @ \``,
      ),
    );
    return { problems, lineOf };
  }

  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    // An alias that points nowhere, or so many aliases that expanding them would fill the memory.
    return { problems: [problem(firstLine, `not valid YAML: ${(error as Error).message}`)], lineOf };
  }
  const result = schema.safeParse(data);
  if (result.success) return { value: result.data, problems: [], lineOf };
  const problems = result.error.issues.map((issue) => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    const path = keys.length > 0 ? [...issue.path, keys[0] as string] : issue.path;
    // `{ say: 4,096 tokens }` has a key "096 tokens": the usual way to an unknown key.
    const hint = keys.length > 0 ? ". Correct its name; a value with a comma inside { } needs quotes" : "";
    return problem(lineOf(path), `${pathText(issue.path)}${issue.message}${hint}`);
  });
  return { problems, lineOf };
}

function offsetOf(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path[path.length - 1];
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
    const key = pair?.key;
    return isScalar(key) ? key.range?.[0] : undefined;
  }
  const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
  return node?.range?.[0];
}

/** `questions[0].points[1].say: `, or nothing for the root. */
function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "";
  const text = path.reduce<string>(
    (before, key) =>
      typeof key === "number"
        ? `${before}[${key}]`
        : before === ""
          ? String(key)
          : `${before}.${String(key)}`,
    "",
  );
  return `${text}: `;
}
