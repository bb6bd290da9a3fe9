import type { PromptProblem } from "../errors.ts";
import { HELPER_NAMES, ROLES } from "./helpers.ts";
import { type JsonSchema, kindOf } from "./schema.ts";
import { ANYTHING, type Scopes, type Value, Variables } from "./scope.ts";
import { parseTemplate, type TemplateText } from "./syntax.ts";

export interface CheckOptions {
  readonly template: TemplateText;
  readonly input: JsonSchema;
  /** Partials by name, with where they stand. */
  readonly partials: ReadonlyMap<string, TemplateText>;
  /** Names of inputs that may only be printed through `untrusted`. */
  readonly untrusted: ReadonlySet<string>;
}

export interface CheckResult {
  readonly problems: readonly PromptProblem[];
  /** Top-level inputs that the template reads, in partials too. */
  readonly used: ReadonlySet<string>;
  /** False when a syntax error kept part of the template from being read, so that `used` may lack something. */
  readonly complete: boolean;
}

/**
 * Finds what is wrong with a template without rendering it: syntax, unknown variables and helpers, missing
 * partials, values that print as `[object Object]`, and untrusted input outside its fence. Partials are followed
 * with the context they are called in.
 */
export function checkTemplate(options: CheckOptions): CheckResult {
  const checker = new Checker(options);
  checker.checkText(options.template, [{ schema: options.input, tainted: false, top: true }]);
  return { problems: checker.problems, used: checker.variables.used, complete: checker.complete };
}

const CHECKS = new Set(["if", "unless", "ifEquals", "unlessEquals"]);

class Checker {
  readonly problems: PromptProblem[] = [];
  readonly variables: Variables;
  complete = true;
  readonly #options: CheckOptions;
  readonly #partialStack: string[] = [];
  #text: TemplateText;
  #fenced = false;

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#text = options.template;
    this.variables = new Variables(options.input, options.untrusted, (node, message, hint) =>
      this.#report(node, message, hint),
    );
  }

  checkText(text: TemplateText, scopes: Scopes): void {
    const parsed = parseTemplate(text);
    if ("problem" in parsed) {
      this.problems.push(parsed.problem);
      this.complete = false;
      return;
    }
    const outer = this.#text;
    this.#text = text;
    this.#program(parsed.program, scopes);
    this.#text = outer;
  }

  #program(program: hbs.AST.Program | undefined, scopes: Scopes): void {
    for (const node of program?.body ?? []) this.#statement(node, scopes);
  }

  #statement(node: hbs.AST.Statement, scopes: Scopes): void {
    switch (node.type) {
      case "MustacheStatement": {
        this.#mustache(node as hbs.AST.MustacheStatement, scopes);
        return;
      }
      case "BlockStatement": {
        this.#block(node as hbs.AST.BlockStatement, scopes);
        return;
      }
      case "PartialStatement":
      case "PartialBlockStatement": {
        this.#partial(node as hbs.AST.PartialStatement, scopes);
        return;
      }
      case "Decorator":
      case "DecoratorBlock": {
        this.#report(node, "inline partials are not supported", "put the partial in a file _name.prompt");
        return;
      }
      default:
        return;
    }
  }

  #mustache(node: hbs.AST.MustacheStatement, scopes: Scopes): void {
    if (node.path.type !== "PathExpression") {
      this.#report(
        node,
        "two opening braces begin an expression, but no name follows",
        "to write the braces as text, put a space between them or a backslash before them: \\{{",
      );
      return;
    }
    const path = node.path as hbs.AST.PathExpression;
    if (this.#isHelper(path, node)) {
      this.#helper(path.original, node, scopes);
      return;
    }
    const value = this.variables.resolve(path, scopes);
    if (value) this.#print(node, path.original, value);
  }

  #print(node: hbs.AST.Node, name: string, value: Value): void {
    if (value.tainted && !this.#fenced) {
      this.#report(node, `"${name}" is untrusted and would be printed bare`, `write {{untrusted ${name}}}`);
    }
    const kind = kindOf(value.schema, this.#options.input);
    if (kind === "object" || kind === "array") {
      const shown = kind === "object" ? "as [object Object]" : "joined by commas";
      this.#report(
        node,
        `"${name}" is an ${kind} and would print ${shown}`,
        `use {{json ${name}}} or {{#each ${name}}}`,
      );
    }
  }

  #helper(name: string, node: hbs.AST.MustacheStatement, scopes: Scopes): void {
    const fenced = this.#fenced;
    const values = this.#arguments(node, scopes);
    if (name === "role") this.#checkRole(node);
    if (["json", "untrusted"].includes(name) && values.length === 0) {
      this.#report(node, `{{${name}}} has nothing to print`, `name a value: {{${name} question}}`);
    }
    if (name !== "untrusted" && !fenced && values.some((value) => value?.tainted)) {
      this.#report(node, `{{${name}}} would print untrusted text bare`, "print it with {{untrusted …}}");
    }
  }

  #block(node: hbs.AST.BlockStatement, scopes: Scopes): void {
    const path = node.path as hbs.AST.PathExpression;
    const name = path.original;
    const inner = (value: Value) => [...scopes, this.variables.withBlockParams(node, value)];

    if (name === "untrusted") {
      const fenced = this.#fenced;
      this.#fenced = true;
      this.#program(node.program, scopes);
      this.#fenced = fenced;
    } else if (CHECKS.has(name)) {
      this.#arguments(node, scopes);
      this.#program(node.program, scopes);
    } else if (name === "each" || name === "with") {
      const [subject] = this.#arguments(node, scopes);
      if (node.params.length !== 1)
        this.#report(node, `{{#${name}}} takes one value`, `write {{#${name} items}}`);
      const value = subject ?? ANYTHING;
      this.#program(node.program, inner(name === "with" ? value : this.variables.itemOf(value)));
    } else if (HELPER_NAMES.has(name)) {
      this.#report(
        node,
        `{{${name}}} is not a block`,
        `write {{${name} …}} without # and without a closing tag`,
      );
    } else if (node.params.length > 0) {
      this.#reportUnknownHelper(node, name);
    } else {
      const value = this.variables.resolve(path, scopes) ?? ANYTHING;
      const kind = kindOf(value.schema, this.#options.input);
      if (kind === "scalar") this.#program(node.program, scopes);
      else this.#program(node.program, inner(kind === "array" ? this.variables.itemOf(value) : value));
    }
    this.#program(node.inverse, scopes);
  }

  #partial(node: hbs.AST.PartialStatement, scopes: Scopes): void {
    if (node.name.type !== "PathExpression") {
      this.#report(node, "the name of a partial must be written out", "choose between partials with {{#if}}");
      return;
    }
    const name = (node.name as hbs.AST.PathExpression).original;
    const body = (node as { program?: hbs.AST.Program }).program;
    if (body) this.#program(body, scopes);
    if (name === "@partial-block") return;

    const [context] = node.params.map((param) => this.#expression(param, scopes));
    const parameters = new Map(
      (node.hash?.pairs ?? []).map((pair) => [pair.key, this.#expression(pair.value, scopes) ?? ANYTHING]),
    );
    const text = this.#options.partials.get(name);
    if (!text) {
      if (body) return;
      const known = [...this.#options.partials.keys()].join(", ") || "none";
      this.#report(node, `there is no partial "${name}"`, `add _${name}.prompt; partials here: ${known}`);
      return;
    }
    if (this.#partialStack.includes(name)) {
      this.#report(node, `partial "${name}" includes itself`, "break the circle");
      return;
    }
    this.#partialStack.push(name);
    const base = context ?? scopes.at(-1) ?? ANYTHING;
    this.checkText(text, [{ ...base, overlay: new Map([...(base.overlay ?? []), ...parameters]) }]);
    this.#partialStack.pop();
  }

  /** Values of the parameters and hash, marking what they read as used. */
  #arguments(
    node: { params: hbs.AST.Expression[]; hash: hbs.AST.Hash | undefined },
    scopes: Scopes,
  ): (Value | undefined)[] {
    const hash = (node.hash?.pairs ?? []).map((pair) => this.#expression(pair.value, scopes));
    return [...node.params.map((param) => this.#expression(param, scopes)), ...hash];
  }

  #expression(node: hbs.AST.Expression, scopes: Scopes): Value | undefined {
    if (node.type === "PathExpression") return this.variables.resolve(node as hbs.AST.PathExpression, scopes);
    if (node.type !== "SubExpression") return ANYTHING;
    const call = node as hbs.AST.SubExpression;
    const name = (call.path as hbs.AST.PathExpression).original;
    if (!HELPER_NAMES.has(name)) this.#reportUnknownHelper(node, name);
    const values = this.#arguments(call, scopes);
    return { schema: true, tainted: name !== "untrusted" && values.some((value) => value?.tainted) };
  }

  #isHelper(path: hbs.AST.PathExpression, node: hbs.AST.MustacheStatement): boolean {
    if (path.data || path.depth > 0 || path.parts.length !== 1) return false;
    if (HELPER_NAMES.has(path.original)) return true;
    if (node.params.length === 0 && !node.hash) return false;
    this.#reportUnknownHelper(node, path.original);
    return true;
  }

  #checkRole(node: hbs.AST.MustacheStatement): void {
    const param = node.params[0];
    const role = param?.type === "StringLiteral" ? (param as hbs.AST.StringLiteral).value : undefined;
    if (role !== undefined && (ROLES as readonly string[]).includes(role)) return;
    const hint = role === "assistant" ? 'the assistant\'s role is "model"' : `roles are ${ROLES.join(", ")}`;
    this.#report(
      node,
      role === undefined ? "{{role}} needs a role in quotes" : `unknown role "${role}"`,
      hint,
    );
  }

  #reportUnknownHelper(node: hbs.AST.Node, name: string): void {
    const known = [...HELPER_NAMES].filter((helper) => !helper.startsWith("block")).join(", ");
    this.#report(node, `unknown helper "${name}"`, `helpers are ${known}`);
  }

  #report(node: hbs.AST.Node, message: string, hint: string): void {
    const line = this.#text.line + node.loc.start.line - 1;
    this.problems.push({ file: this.#text.file, line, message, hint });
  }
}
