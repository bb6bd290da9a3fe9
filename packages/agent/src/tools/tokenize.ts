import { AgentError } from "../errors.ts";

/** A piece of an expression. `at` is the number of its first character, from 1. */
export type Token =
  | { readonly kind: "number"; readonly text: string; readonly at: number; readonly value: number }
  | {
      readonly kind: "name" | "operator" | "end";
      readonly text: string;
      readonly at: number;
      readonly value?: never;
    };

const MAX_LENGTH = 10_000;

/**
 * Splits an expression into tokens, the last of them `end`.
 *
 * @throws AgentError `calculation-failed`
 */
export function tokenize(expression: string): Token[] {
  if (expression.length > MAX_LENGTH) {
    throw new AgentError(
      "calculation-failed",
      `The expression has ${expression.length} characters; the most is ${MAX_LENGTH}.`,
    );
  }
  // One character for one, so that positions stay those of what was written.
  const text = Array.from(expression, narrow);
  const tokens: Token[] = [];
  // Innermost last: is this bracket that of a function call, where a comma separates values?
  const brackets: boolean[] = [];
  let index = 0;
  while (index < text.length) {
    const rest = text.slice(index, index + 400).join("");
    const at = index + 1;
    const space = /^\s+/.exec(rest);
    const number = (brackets.at(-1) ? PLAIN_NUMBER : GROUPED_NUMBER).exec(rest) ?? PLAIN_NUMBER.exec(rest);
    const name = /^[\p{L}_π][\p{L}\p{N}_]*/u.exec(rest);
    if (space) {
      index += space[0].length;
    } else if (number) {
      const value = Number(number[0].replaceAll(",", ""));
      if (!Number.isFinite(value)) refuse(at, `the number ${number[0]} is too large`);
      const following = text[index + number[0].length] ?? "";
      if (/[.\d]/.test(following)) refuse(at, `"${number[0]}${following}" is not a number`);
      tokens.push({ kind: "number", text: number[0], at, value });
      index += number[0].length;
    } else if (name) {
      tokens.push({ kind: "name", text: name[0].toLowerCase(), at });
      index += Array.from(name[0]).length;
    } else {
      const operator = rest.startsWith("**") ? "**" : text[index]!;
      if (!"+-*/%^!(),".includes(operator) && operator !== "**")
        refuse(at, `"${operator}" has no meaning in an expression`);
      if (operator === "(") brackets.push(tokens.at(-1)?.kind === "name");
      if (operator === ")") brackets.pop();
      tokens.push({ kind: "operator", text: operator === "**" ? "^" : operator, at });
      index += operator.length;
    }
  }
  return [...tokens, { kind: "end", text: "", at: text.length + 1 }];
}

const PLAIN_NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
const GROUPED_NUMBER = /^\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?/;

const SAME: Readonly<Record<string, string>> = {
  "×": "*",
  "✕": "*",
  "·": "*",
  "÷": "/",
  "∕": "/",
  "−": "-",
  "–": "-",
  "—": "-",
  "【": "(",
  "】": ")",
  "[": "(",
  "]": ")",
  "{": "(",
  "}": ")",
  "、": ",",
  "。": ".",
};

function narrow(character: string): string {
  const normal = character.normalize("NFKC");
  const one = Array.from(normal).length === 1 ? normal : character;
  return SAME[one] ?? one;
}

function refuse(at: number, why: string): never {
  throw new AgentError("calculation-failed", `At character ${at}: ${why}.`, { details: { at } });
}
