import type { BaseMessage } from "@langchain/core/messages";
import { PromptsError } from "./errors.ts";

/** Something that may be left out when a prompt is too long. */
export interface DropRule {
  /** `history`, `examples`, or the name of an input that is a list or a text. */
  readonly from: string;
  /** Which end stays. @default "last" for history and examples, "first" for inputs */
  readonly keep?: "first" | "last";
  /** Never leave fewer than this many turns, examples, items or characters. @default 0 */
  readonly atLeast?: number;
}

/** What was left out, so that nothing goes missing in silence. */
export interface Dropped {
  readonly from: string;
  readonly unit: "turns" | "examples" | "items" | "characters";
  readonly dropped: number;
  readonly kept: number;
}

/** Everything a rendering is made of. */
export interface PromptContents {
  readonly input: Readonly<Record<string, unknown>>;
  readonly history: readonly BaseMessage[];
  readonly examples: readonly unknown[];
}

export interface Fitted {
  readonly messages: BaseMessage[];
  readonly tokens: number;
  readonly dropped: readonly Dropped[];
}

/**
 * Leaves out as little as it can, in the declared order, until the messages take no more than `budget` tokens. A
 * rule is used up before the next one begins.
 *
 * @throws PromptsError `too-long` when even with everything droppable gone the prompt does not fit
 */
export function fitToBudget(
  contents: PromptContents,
  rules: readonly DropRule[],
  budget: number,
  render: (contents: PromptContents) => { messages: BaseMessage[]; tokens: number },
): Fitted {
  let current = contents;
  let best = render(current);
  const dropped: Dropped[] = [];
  for (const rule of rules) {
    if (best.tokens <= budget) break;
    const droppable = openRule(current, rule);
    const most = droppable.size - (rule.atLeast ?? 0);
    if (most <= 0) continue;

    // The least that fits, by bisection; `high` is only accepted after it was rendered and measured.
    let low = 1;
    let high = most;
    let chosen = render(droppable.without(most));
    if (chosen.tokens <= budget) {
      while (low < high) {
        const middle = (low + high) >> 1;
        const tried = render(droppable.without(middle));
        if (tried.tokens <= budget) {
          high = middle;
          chosen = tried;
        } else low = middle + 1;
      }
    }
    current = droppable.without(high);
    best = chosen;
    dropped.push({ from: rule.from, unit: droppable.unit, dropped: high, kept: droppable.size - high });
  }
  if (best.tokens > budget) {
    const droppable =
      rules.length > 0
        ? `after dropping from ${rules.map((r) => r.from).join(", ")}`
        : "and nothing in it may be dropped";
    throw new PromptsError(
      "too-long",
      `The prompt takes ${best.tokens} tokens ${droppable}; the budget is ${budget}. Raise the budget, shorten the input, or declare more in "drop".`,
      { details: { tokens: best.tokens, budget, dropped } },
    );
  }
  return { ...best, dropped };
}

interface Droppable {
  readonly unit: Dropped["unit"];
  readonly size: number;
  without(count: number): PromptContents;
}

function openRule(contents: PromptContents, rule: DropRule): Droppable {
  if (rule.from === "history") {
    const turns = splitTurns(contents.history);
    const keep = rule.keep ?? "last";
    return {
      unit: "turns",
      size: turns.length,
      without: (count) => ({ ...contents, history: trim(turns, count, keep).flat() }),
    };
  }
  if (rule.from === "examples") {
    const keep = rule.keep ?? "last";
    const { examples } = contents;
    return {
      unit: "examples",
      size: examples.length,
      without: (count) => ({ ...contents, examples: trim(examples, count, keep) }),
    };
  }
  const value = contents.input[rule.from];
  const keep = rule.keep ?? "first";
  const put = (shorter: unknown) => ({ ...contents, input: { ...contents.input, [rule.from]: shorter } });
  if (Array.isArray(value)) {
    return { unit: "items", size: value.length, without: (count) => put(trim(value, count, keep)) };
  }
  const characters = typeof value === "string" ? splitGraphemes(value) : [];
  return {
    unit: "characters",
    size: characters.length,
    without: (count) => {
      const rest = trim(characters, count, keep).join("");
      return put(keep === "first" ? `${rest}…` : `…${rest}`);
    },
  };
}

function trim<T>(list: readonly T[], count: number, keep: "first" | "last"): T[] {
  return keep === "first" ? list.slice(0, list.length - count) : list.slice(count);
}

/** Whole turns, so that no tool result is left without its call. */
function splitTurns(history: readonly BaseMessage[]): BaseMessage[][] {
  const turns: BaseMessage[][] = [];
  for (const message of history) {
    if (turns.length === 0 || message.getType() === "human") turns.push([]);
    turns.at(-1)!.push(message);
  }
  return turns;
}

function splitGraphemes(text: string): string[] {
  return Array.from(
    new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text),
    (s) => s.segment,
  );
}
