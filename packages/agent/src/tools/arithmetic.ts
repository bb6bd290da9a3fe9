import { AgentError } from "../errors.ts";
import { CONSTANTS, FUNCTIONS, type MathFunction } from "./functions.ts";
import { type Token, tokenize } from "./tokenize.ts";

/**
 * Works out an arithmetic expression. Nothing is evaluated as code.
 *
 * Operators by rising precedence: `+ -`, `* / %` (remainder), unary `-`, `^` (right-associative; `**` too), postfix
 * `%` (percent) and `!`. A `%` is a remainder when an operand follows it, else a percent. Numbers may be written in
 * scientific notation, with thousands separators outside of function calls, and in full width; `×`, `÷`, `−` and
 * full-width operators and brackets are accepted. Angles are in radians; `deg(90)` gives radians.
 *
 * @throws AgentError `calculation-failed`, naming the character and what was expected there
 *
 * @example
 * calculate("（１＋２）×３")        // 9
 * calculate("200 * 15% + sqrt(16)") // 34
 */
export function calculate(expression: string): number {
  const parser = new Parser(expression);
  const value = parser.parse();
  if (Number.isNaN(value))
    throw new AgentError("calculation-failed", `The result of "${expression}" is not a real number.`);
  if (!Number.isFinite(value))
    throw new AgentError("calculation-failed", `The result of "${expression}" is too large for a number.`);
  return value;
}

const MAX_DEPTH = 200;

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(expression: string) {
    this.#tokens = tokenize(expression);
  }

  parse(): number {
    const value = this.#sum();
    const rest = this.#peek();
    if (rest.kind !== "end") {
      fail(
        rest,
        rest.text === ")" ? 'a ")" without its "("' : `an operator was expected before ${quote(rest)}`,
      );
    }
    return value;
  }

  #sum(): number {
    let left = this.#product();
    for (;;) {
      if (this.#take("+")) left += this.#product();
      else if (this.#take("-")) left -= this.#product();
      else return left;
    }
  }

  #product(): number {
    let left = this.#unary();
    for (;;) {
      const operator = this.#peek();
      if (this.#take("*")) left *= this.#unary();
      else if (this.#take("/")) left /= this.#nonZero(operator, this.#unary());
      else if (operator.text === "%" && this.#startsOperand(1)) {
        this.#position++;
        left %= this.#nonZero(operator, this.#unary());
      } else return left;
    }
  }

  #unary(): number {
    let sign = 1;
    for (;;) {
      if (this.#take("-")) sign = -sign;
      else if (!this.#take("+")) break;
    }
    return sign * this.#power();
  }

  #power(): number {
    const operator = this.#peek();
    const base = this.#postfix();
    if (!this.#take("^")) return base;
    const exponent = this.#nested(() => this.#unary());
    const value = base ** exponent;
    if (Number.isNaN(value)) fail(operator, `${base} to the power of ${exponent} is not a real number`);
    if (base === 0 && exponent < 0) fail(operator, "division by zero");
    return value;
  }

  #postfix(): number {
    let value = this.#primary();
    for (;;) {
      const operator = this.#peek();
      if (operator.text === "%" && !this.#startsOperand(1)) {
        this.#position++;
        value /= 100;
      } else if (this.#take("!"))
        value = FUNCTIONS.get("factorial")!.apply([value], (why) => fail(operator, why));
      else return value;
    }
  }

  #primary(): number {
    const token = this.#next();
    if (token.kind === "number") return token.value;
    if (token.kind === "name") return this.#named(token);
    if (token.text === "(") {
      const value = this.#nested(() => this.#sum());
      this.#expect(")", token);
      return value;
    }
    return fail(
      token,
      token.kind === "end"
        ? "the expression ends where a number was expected"
        : `a number was expected, not ${quote(token)}`,
    );
  }

  #named(token: Token): number {
    const constant = CONSTANTS.get(token.text);
    if (constant !== undefined && this.#peek().text !== "(") return constant;
    const known = FUNCTIONS.get(token.text);
    if (!known) {
      return fail(
        token,
        `unknown name ${quote(token)}; functions: ${[...FUNCTIONS.keys()].join(", ")}; constants: ${[...CONSTANTS.keys()].join(", ")}`,
      );
    }
    const open = this.#peek();
    if (!this.#take("(")) return fail(open, `"(" was expected after ${quote(token)}`);
    const values: number[] = [];
    if (!this.#take(")")) {
      do values.push(this.#nested(() => this.#sum()));
      while (this.#take(","));
      this.#expect(")", open);
    }
    checkArity(token, known, values.length);
    return known.apply(values, (why) => fail(token, why));
  }

  #nonZero(operator: Token, divisor: number): number {
    return divisor === 0 ? fail(operator, "division by zero") : divisor;
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) fail(this.#peek(), `more than ${MAX_DEPTH} levels of nesting`);
    const value = parse();
    this.#depth--;
    return value;
  }

  #expect(text: string, open: Token): void {
    const token = this.#peek();
    if (!this.#take(text)) fail(token, `"${text}" was expected to close the "(" at character ${open.at}`);
  }

  #startsOperand(ahead: number): boolean {
    const token = this.#tokens[this.#position + ahead];
    return token !== undefined && (token.kind === "number" || token.kind === "name" || token.text === "(");
  }

  #peek(): Token {
    return this.#tokens[this.#position]!;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#position++;
    return token;
  }

  #take(text: string): boolean {
    const token = this.#peek();
    if (token.kind !== "operator" || token.text !== text) return false;
    this.#position++;
    return true;
  }
}

function checkArity(token: Token, { min, max }: MathFunction, count: number): void {
  if (count >= min && count <= max) return;
  const range =
    min === max ? `${min}` : max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
  fail(token, `${token.text} takes ${range} ${min === 1 && max === 1 ? "value" : "values"}, not ${count}`);
}

function quote(token: Token): string {
  return token.kind === "end" ? "the end" : `"${token.text}"`;
}

function fail(token: Token, why: string): never {
  throw new AgentError("calculation-failed", `At character ${token.at}: ${why}.`, {
    details: { at: token.at },
  });
}
