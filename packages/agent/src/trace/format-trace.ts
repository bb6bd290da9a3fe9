import type { TraceSpan } from "../store/state-store.ts";
import type { Language } from "../wording.ts";
import { fit, widthOf } from "./columns.ts";
import { type TraceWords, wordsOf } from "./trace-words.ts";

export interface FormatTraceOptions {
  /** @default "zh" */
  readonly language?: Language;
  /** Columns of the terminal; a Chinese character takes two. @default 100 */
  readonly width?: number;
  /** Draws with ASCII alone, for logs and files. @default false */
  readonly ascii?: boolean;
}

/**
 * A trace as a tree for people: what ran under what, whether it went well, how long it took, tokens in and out, and
 * money. No line is wider than `width`, and nothing in it can move a terminal's cursor.
 *
 * @example
 * console.log(formatTrace(await agent.trace(traceId), { language: "en", width: process.stdout.columns }));
 */
export function formatTrace(spans: readonly TraceSpan[], options: FormatTraceOptions = {}): string {
  const { language = "zh", width = 100, ascii = false } = options;
  const words = wordsOf(language);
  const glyphs = ascii ? ASCII : UNICODE;
  const rows = tree(spans, glyphs).map((row) => ({ ...row, ...cells(row.span, glyphs, words) }));
  if (rows.length === 0) return words.empty;

  const widest = (cell: "time" | "tokens" | "cost") => Math.max(...rows.map((row) => widthOf(row[cell])));
  const [time, tokens, cost] = [widest("time"), widest("tokens"), widest("cost")];
  const names = rows.map(({ lead, span }) => lead + clean(span.name));
  const markWidth = Math.max(...Object.values(glyphs.marks).map(widthOf));
  const fixed = markWidth + time + tokens + cost + 2 * 4;
  const name = Math.max(12, Math.min(Math.max(...names.map(widthOf)), width - fixed));
  const lines = rows.map(({ mark, note, ...row }, index) => {
    const columns = [
      fit(names[index] ?? "", name, glyphs.ellipsis),
      fit(mark, markWidth, ""),
      fit(row.time, time, "", "right"),
      ...(tokens > 0 ? [fit(row.tokens, tokens, "", "right")] : []),
      ...(cost > 0 ? [fit(row.cost, cost, "", "right")] : []),
      note,
    ];
    return fit(columns.join("  ").trimEnd(), width, glyphs.ellipsis).trimEnd();
  });
  const head = heading(rows[0]?.span as TraceSpan, words).map((line) =>
    fit(line, width, glyphs.ellipsis).trimEnd(),
  );
  return [...head, ...lines].join("\n");
}

interface Row {
  readonly span: TraceSpan;
  readonly lead: string;
}

/** Spans in the order of a tree, each with the lines that lead to it. One whose parent is missing stands at the top. */
function tree(spans: readonly TraceSpan[], glyphs: Glyphs): Row[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = new Map<string | null, TraceSpan[]>();
  for (const span of [...spans].sort((a, b) => a.startedAt - b.startedAt)) {
    const parent = span.parentId !== null && ids.has(span.parentId) ? span.parentId : null;
    below.set(parent, [...(below.get(parent) ?? []), span]);
  }
  const rows: Row[] = [];
  const walk = (parent: string | null, indent: string) => {
    const children = below.get(parent) ?? [];
    for (const [index, span] of children.entries()) {
      const isLast = index === children.length - 1;
      const [lead, next] =
        parent === null ? ["", ""] : isLast ? [glyphs.last, glyphs.blank] : [glyphs.branch, glyphs.line];
      rows.push({ span, lead: indent + lead });
      walk(span.spanId, indent + next);
    }
  };
  walk(null, "");
  return rows;
}

function cells(span: TraceSpan, glyphs: Glyphs, words: TraceWords) {
  const { attributes } = span;
  const input = attributes["gen_ai.usage.input_tokens"];
  const output = attributes["gen_ai.usage.output_tokens"];
  const about = attributes["zixue.usage.estimated"] ? "~" : "";
  const amount = attributes["zixue.cost.amount"];
  const currency = attributes["zixue.cost.currency"] ?? "";
  const status = attributes["zixue.run.status"];
  const isOpen =
    attributes["zixue.approval"] === "waiting" || (status !== undefined && status !== "completed");
  return {
    mark: span.status === "error" ? glyphs.marks.bad : isOpen ? glyphs.marks.open : glyphs.marks.good,
    time: duration(span.endedAt - span.startedAt),
    tokens:
      input === undefined && output === undefined ? "" : `${about}${input ?? 0}${glyphs.arrow}${output ?? 0}`,
    cost: typeof amount === "number" ? `${money(amount)} ${clean(String(currency))}` : "",
    note: words
      .notes(span)
      .map(clean)
      .filter((note) => note !== "")
      .join(", "),
  };
}

function heading(root: TraceSpan, words: TraceWords): string[] {
  const { "gen_ai.conversation.id": thread, "zixue.resumed_from": earlier } = root.attributes;
  return [
    `${words.trace} ${root.traceId}`,
    [
      new Date(root.startedAt).toISOString().replace("T", " ").slice(0, 19).concat(" UTC"),
      ...(thread === undefined ? [] : [`${words.thread} ${clean(String(thread))}`]),
      ...(earlier === undefined ? [] : [`${words.resumedFrom} ${clean(String(earlier))}`]),
    ].join("  "),
  ];
}

function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function money(amount: number): string {
  return amount === 0 || amount >= 0.01 ? amount.toFixed(2) : amount.toPrecision(2);
}

/** Without what a terminal would obey: names and arguments come from models. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}

interface Glyphs {
  readonly marks: Readonly<Record<"good" | "bad" | "open", string>>;
  readonly branch: string;
  readonly last: string;
  readonly line: string;
  readonly blank: string;
  readonly arrow: string;
  readonly ellipsis: string;
}

const UNICODE: Glyphs = {
  marks: { good: "✓", bad: "✗", open: "◦" },
  branch: "├─ ",
  last: "└─ ",
  line: "│  ",
  blank: "   ",
  arrow: "→",
  ellipsis: "…",
};
const ASCII: Glyphs = {
  marks: { good: "ok", bad: "failed", open: "-" },
  branch: "|- ",
  last: "`- ",
  line: "|  ",
  blank: "   ",
  arrow: ">",
  ellipsis: "...",
};
