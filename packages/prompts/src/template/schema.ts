import { picoschema } from "dotprompt";
import { z } from "zod";

/** A node of a JSON Schema. `true` and `{}` stand for "anything". */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

export type SchemaKind = "any" | "object" | "array" | "scalar";

/** The JSON Schema of what a zod schema accepts; parts that JSON Schema cannot say become "anything". */
export function zodToJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

/**
 * Reads a schema as it stands in front matter: picoschema, or JSON Schema.
 *
 * @throws Error when the schema cannot be understood
 */
export async function readSchema(raw: unknown): Promise<{ json: JsonSchema; zod: z.ZodType }> {
  const parsed: unknown = await picoschema(raw);
  const json = parsed === null || isAny(parsed) ? {} : (parsed as JsonSchema);
  return { json, zod: z.fromJSONSchema(json as Parameters<typeof z.fromJSONSchema>[0]) as z.ZodType };
}

/** Places in a picoschema that name no known type, as key paths with what is wrong. Empty for JSON Schema. */
export function findPicoschemaMistakes(raw: unknown, path: readonly string[] = []): SchemaMistake[] {
  if (path.length === 0 && isJsonSchema(raw)) return [];
  if (raw === null || raw === undefined) return [{ path, message: `${label(path)} has no type` }];
  if (typeof raw === "string") {
    const type = raw.split(",")[0]!.trim();
    return SCALARS.includes(type) ? [] : [{ path, message: `${label(path)} has the unknown type "${type}"` }];
  }
  if (typeof raw !== "object" || Array.isArray(raw)) {
    return [{ path, message: `${label(path)} must be a type name or a mapping of fields` }];
  }
  return Object.entries(raw).flatMap(([key, value]) => {
    const at = [...path, key];
    const composite = /\((\w+)/.exec(key)?.[1];
    if (composite === "enum") {
      return Array.isArray(value) ? [] : [{ path: at, message: `${label(at)} must list its values` }];
    }
    if (composite !== undefined && !["array", "object"].includes(composite)) {
      return [{ path: at, message: `${label(at)} has the unknown type "${composite}"` }];
    }
    return findPicoschemaMistakes(value, at);
  });
}

export interface SchemaMistake {
  readonly path: readonly string[];
  readonly message: string;
}

export const SCHEMA_HINT =
  "types are string, number, integer, boolean, null, any, or a field named like tags(array), author(object), mood(enum)";

/** The schema of field `name`, or undefined when there can be no such field. */
export function property(schema: JsonSchema, name: string, root: JsonSchema): JsonSchema | undefined {
  const node = dereference(schema, root);
  if (typeof node === "boolean") return node ? true : undefined;
  const alternatives = branches(node);
  if (alternatives.length > 0) {
    const found = alternatives.map((branch) => property(branch, name, root)).filter((p) => p !== undefined);
    return found.length < 2 ? found[0] : { anyOf: found };
  }
  const properties = node.properties as Record<string, JsonSchema> | undefined;
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  if (name === "length" && ["array", "scalar"].includes(kindOf(node, root))) return { type: "number" };
  if (kindOf(node, root) === "array") return /^\d+$/.test(name) ? items(node, root) : undefined;
  if (kindOf(node, root) === "scalar") return undefined;
  // zod leaves additionalProperties out where it strips what is not declared.
  const rest = node.additionalProperties as JsonSchema | undefined;
  if (rest === undefined) return properties ? undefined : true;
  return rest === false ? undefined : rest;
}

/** The schema of what a loop over `schema` visits. */
export function items(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const node = dereference(schema, root);
  if (typeof node === "boolean") return true;
  const alternatives = branches(node).filter((branch) => kindOf(branch, root) !== "scalar");
  if (alternatives.length === 1) return items(alternatives[0]!, root);
  if (alternatives.length > 1) return { anyOf: alternatives.map((branch) => items(branch, root)) };
  if (node.items !== undefined && !Array.isArray(node.items)) return node.items as JsonSchema;
  const values = Object.values((node.properties as Record<string, JsonSchema> | undefined) ?? {});
  if (values.length > 0) return { anyOf: values };
  return (node.additionalProperties as JsonSchema | undefined) || true;
}

/** What a value of this schema is, as far as printing and looping care. */
export function kindOf(schema: JsonSchema, root: JsonSchema): SchemaKind {
  const node = dereference(schema, root);
  if (typeof node === "boolean") return "any";
  const alternatives = branches(node);
  if (alternatives.length > 0) {
    const kinds = new Set(alternatives.filter((b) => !isNull(b)).map((branch) => kindOf(branch, root)));
    return kinds.size === 1 ? [...kinds][0]! : "any";
  }
  if (node.enum !== undefined || node.const !== undefined) return "scalar";
  const types = [node.type ?? (node.properties ? "object" : undefined)].flat().filter((t) => t !== "null");
  if (types.length !== 1 || types[0] === undefined) return node.type === "null" ? "scalar" : "any";
  return types[0] === "object" || types[0] === "array" ? types[0] : "scalar";
}

/** Names of the fields that the schema declares. */
export function propertyNames(schema: JsonSchema): string[] {
  if (typeof schema === "boolean") return [];
  return Object.keys((schema.properties as object | undefined) ?? {});
}

const SCALARS = ["any", "boolean", "integer", "null", "number", "string"];

function isJsonSchema(raw: unknown): boolean {
  if (typeof raw !== "object" || raw === null) return false;
  const { type, properties } = raw as Record<string, unknown>;
  return [...SCALARS, "object", "array"].includes(type as string) || typeof properties === "object";
}

function isAny(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && (schema as Record<string, unknown>).type === "any";
}

function isNull(schema: JsonSchema): boolean {
  return typeof schema === "object" && (schema.type === "null" || schema.const === null);
}

function branches(node: { readonly [keyword: string]: unknown }): JsonSchema[] {
  return [node.anyOf, node.oneOf, node.allOf].flatMap((list) => (Array.isArray(list) ? list : []));
}

function dereference(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let node = schema;
  for (let hops = 0; hops < 32 && typeof node === "object" && typeof node.$ref === "string"; hops++) {
    if (!node.$ref.startsWith("#")) return true;
    let target: unknown = root;
    for (const step of node.$ref.slice(1).split("/").filter(Boolean)) {
      target = (target as Record<string, unknown> | undefined)?.[
        step.replaceAll("~1", "/").replaceAll("~0", "~")
      ];
    }
    if (target === undefined) return true;
    node = target as JsonSchema;
  }
  return node;
}

function label(path: readonly string[]): string {
  return path.length === 0 ? "the schema" : `"${path.join(".")}"`;
}
