import { items, type JsonSchema, property, propertyNames } from "./schema.ts";

/** A value as far as it is known before rendering. `top` marks the prompt's own input. */
export interface Value {
  readonly schema: JsonSchema;
  readonly tainted: boolean;
  readonly top?: boolean;
  /** Block parameters, seen from every block inside. */
  readonly named?: ReadonlyMap<string, Value>;
  /** A partial's parameters, laid over the fields of its context. */
  readonly overlay?: ReadonlyMap<string, Value>;
}

export type Scopes = readonly Value[];

export const ANYTHING: Value = { schema: true, tainted: false };
const LOOP_DATA = new Set(["index", "key", "first", "last"]);
/** Looks up variables in the schema of the input, and notes which inputs were read. */
export class Variables {
  readonly used = new Set<string>();
  readonly #input: JsonSchema;
  readonly #untrusted: ReadonlySet<string>;
  readonly #report: (node: hbs.AST.Node, message: string, hint: string) => void;

  constructor(
    input: JsonSchema,
    untrusted: ReadonlySet<string>,
    report: (node: hbs.AST.Node, message: string, hint: string) => void,
  ) {
    this.#input = input;
    this.#untrusted = untrusted;
    this.#report = report;
  }

  resolve(path: hbs.AST.PathExpression, scopes: Scopes): Value | undefined {
    if (path.data) {
      const [name = "", ...rest] = path.parts;
      if (name === "root") return this.#walk(path, scopes[0]!, rest);
      if (LOOP_DATA.has(name) || name === "partial-block") return ANYTHING;
      this.#report(
        path,
        `there is no @${name}`,
        "loops have @index, @key, @first and @last; @root is the input",
      );
      return undefined;
    }
    const scope = scopes[scopes.length - 1 - path.depth];
    if (!scope) {
      this.#report(path, `"${path.original}" goes out further than the template's blocks`, "remove a ../");
      return undefined;
    }
    const isBare = path.depth === 0 && !/^(this\b|\.)/.test(path.original);
    const [first, ...rest] = path.parts;
    if (isBare && first !== undefined) {
      for (const outer of [...scopes].reverse()) {
        const value = outer.named?.get(first);
        if (value) return this.#walk(path, value, rest);
      }
    }
    return this.#walk(path, scope, path.parts);
  }

  #walk(path: hbs.AST.PathExpression, from: Value, parts: readonly string[]): Value | undefined {
    let value = from;
    if (value.top && parts.length === 0) for (const name of propertyNames(value.schema)) this.used.add(name);
    for (const part of parts) {
      const given = value.overlay?.get(part);
      if (given) {
        value = given;
        continue;
      }
      const schema = property(value.schema, part, this.#input);
      if (schema === undefined) {
        const known = propertyNames(value.schema);
        const message = value.top
          ? `unknown variable "${path.original}"`
          : `unknown field "${part}" in "${path.original}"`;
        this.#report(path, message, unknownHint(part, known, value.top === true));
        return undefined;
      }
      if (value.top) this.used.add(part);
      const tainted = value.top ? this.#untrusted.has(part) : value.tainted && part !== "length";
      value = { schema, tainted };
    }
    return value;
  }

  itemOf(value: Value): Value {
    return { schema: items(value.schema, this.#input), tainted: value.tainted };
  }

  withBlockParams(node: hbs.AST.BlockStatement, value: Value): Value {
    const [item, index] = node.program.blockParams ?? [];
    const named = new Map<string, Value>();
    if (item) named.set(item, { schema: value.schema, tainted: value.tainted });
    if (index) named.set(index, ANYTHING);
    return named.size > 0 ? { ...value, named } : value;
  }
}

function unknownHint(name: string, known: readonly string[], top: boolean): string {
  if (top && name === "history") return "history is placed with the helper {{history}} and cannot be tested";
  const list = known.length > 0 ? `known here: ${known.join(", ")}` : "nothing is declared here";
  return top ? `declare it in the input schema, or use what is declared (${list})` : list;
}
