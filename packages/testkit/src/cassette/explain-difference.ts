import type { CassetteRequest } from "./normalise-request.ts";

interface Difference {
  readonly path: string;
  readonly lines: readonly string[];
  /** Roughly how many characters differ. */
  readonly weight: number;
}

const MAX_DIFFERENCES = 8;
const CONTEXT = 20;
const MAX_SHOWN = 160;

/**
 * Finds the recorded request nearest to an unrecorded one and says where they differ: which message, which parameter.
 * Returns undefined when nothing is recorded.
 */
export function explainDifference(
  request: CassetteRequest,
  recorded: readonly CassetteRequest[],
): { readonly index: number; readonly text: string } | undefined {
  let nearest: { index: number; differences: Difference[]; weight: number } | undefined;
  for (const [index, candidate] of recorded.entries()) {
    const differences = [
      ...compare(candidate.method, request.method, "method"),
      ...compare(candidate.path, request.path, "path"),
      ...compare(candidate.body, request.body, ""),
    ];
    const elsewhere = candidate.path === request.path ? 0 : 1_000_000;
    const weight = differences.reduce((sum, difference) => sum + difference.weight, elsewhere);
    if (nearest === undefined || weight < nearest.weight) nearest = { index, differences, weight };
  }
  if (nearest === undefined) return undefined;
  const shown = nearest.differences.slice(0, MAX_DIFFERENCES);
  const rest = nearest.differences.length - shown.length;
  const lines = shown.flatMap(({ path, lines }) =>
    lines.length === 1 ? `  ${path}: ${lines[0]}` : [`  ${path}`, ...lines.map((line) => `    ${line}`)],
  );
  if (rest > 0) lines.push(`  … and ${rest} more`);
  return { index: nearest.index, text: lines.join("\n") };
}

function compare(recorded: unknown, now: unknown, path: string): Difference[] {
  if (JSON.stringify(recorded) === JSON.stringify(now)) return [];
  if (typeof recorded === "string" && typeof now === "string") return [compareTexts(recorded, now, path)];
  if (Array.isArray(recorded) && Array.isArray(now)) {
    return Array.from({ length: Math.max(recorded.length, now.length) }, (_, i) =>
      compare(recorded[i], now[i], `${path}[${i}]${roleOf(now[i] ?? recorded[i])}`),
    ).flat();
  }
  if (isRecord(recorded) && isRecord(now)) {
    return [...new Set([...Object.keys(recorded), ...Object.keys(now)])].flatMap((key) =>
      compare(recorded[key], now[key], path === "" ? key : `${path}.${key}`),
    );
  }
  const name = path === "" ? "body" : path;
  const weight = show(recorded).length + show(now).length;
  if (recorded === undefined) return [{ path: name, lines: [`not recorded, now ${show(now)}`], weight }];
  if (now === undefined) return [{ path: name, lines: [`recorded ${show(recorded)}, now absent`], weight }];
  return [{ path: name, lines: [`recorded ${show(recorded)}, now ${show(now)}`], weight }];
}

/** Shows where two texts part, with a little of what surrounds the place; characters, not UTF-16 units, are cut. */
function compareTexts(recorded: string, now: string, path: string): Difference {
  const a = Array.from(recorded);
  const b = Array.from(now);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const line = (text: readonly string[]) => {
    const before = text.slice(Math.max(0, start - CONTEXT), start).join("");
    const changed = text.slice(start, text.length - end);
    const after = text.slice(text.length - end, text.length - end + CONTEXT).join("");
    const middle =
      changed.length > MAX_SHOWN
        ? `${changed.slice(0, MAX_SHOWN).join("")}… (${changed.length} characters)`
        : changed.join("");
    const shown = `${start > CONTEXT ? "…" : ""}${before}⟦${middle}⟧${after}${end > CONTEXT ? "…" : ""}`;
    return shown.replaceAll("\n", "\\n");
  };
  return {
    path,
    lines: [`recorded: ${line(a)}`, `now:      ${line(b)}`],
    weight: a.length + b.length - 2 * (start + end),
  };
}

function roleOf(value: unknown): string {
  return isRecord(value) && typeof value.role === "string" ? ` (${value.role})` : "";
}

function show(value: unknown): string {
  if (value === undefined) return "";
  const text = Array.from(JSON.stringify(value) ?? "");
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN).join("")}…` : text.join("");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
