/**
 * The lines between `#region name` and its `#endregion` in a comment of any style, with the marker lines of inner
 * regions taken out and the common indentation removed. `null` when there is no such region, or it is not closed.
 */
export function regionOf(source: string, name: string): string | null {
  const lines = source.split(/\r?\n/);
  const first = lines.findIndex((line) => startOf(line) === name);
  if (first < 0) return null;
  let depth = 1;
  const body: string[] = [];
  for (const line of lines.slice(first + 1)) {
    if (startOf(line) !== null) depth++;
    else if (isEnd(line)) depth--;
    else body.push(line);
    if (depth === 0) return dedent(body);
  }
  return null;
}

const COMMENT = String.raw`\s*(?://|#|--|/\*|<!--)\s*`;

function startOf(line: string): string | null {
  return new RegExp(`^${COMMENT}#region\\s+([\\w.-]+)`).exec(line)?.[1] ?? null;
}

function isEnd(line: string): boolean {
  return new RegExp(`^${COMMENT}#endregion\\b`).test(line);
}

function dedent(lines: readonly string[]): string {
  const depths = lines
    .filter((line) => line.trim() !== "")
    .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const depth = depths.length === 0 ? 0 : Math.min(...depths);
  return lines
    .map((line) => line.slice(Math.min(depth, line.length)).trimEnd())
    .join("\n")
    .replace(/^\n+|\n+$/g, "");
}
