/** A tool as a server lists it. */
export interface ListedTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: { readonly [key: string]: unknown };
}

/** A tool as the model is told of it. */
export interface ToolFace {
  readonly name: string;
  readonly description: string;
  readonly schema: Record<string, unknown>;
}

/**
 * What the model is told of a server's tool. Names and texts are the server's, so they are bounded: the name to what
 * model providers accept, descriptions in length.
 *
 * @throws RangeError when the schema is too large to send with every request
 */
export function describeTool(tool: ListedTool, prefix: string): ToolFace {
  const schema = shorten(tool.inputSchema, 0) as Record<string, unknown>;
  delete schema.$schema;
  const size = JSON.stringify(schema).length;
  if (size > MAX_SCHEMA) throw new RangeError(`its schema has ${size} characters, more than ${MAX_SCHEMA}`);
  return {
    name: `${prefix}${tool.name}`.replace(/[^\w-]/g, "_").slice(0, MAX_NAME),
    description: cut(tool.description ?? "", MAX_DESCRIPTION),
    schema: { ...schema, type: "object", properties: schema.properties ?? {} },
  };
}

const MAX_NAME = 64;
const MAX_DESCRIPTION = 1_024;
const MAX_SCHEMA = 32_000;
const MAX_DEPTH = 32;

function shorten(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new RangeError(`its schema is nested more than ${MAX_DEPTH} levels deep`);
  if (Array.isArray(value)) return value.map((item) => shorten(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (key === "description" || key === "title") && typeof inner === "string"
        ? cut(inner, MAX_DESCRIPTION)
        : shorten(inner, depth + 1),
    ]),
  );
}

function cut(text: string, max: number): string {
  const characters = [...text.slice(0, 2 * max)];
  return characters.length <= max && text.length <= 2 * max
    ? text
    : `${characters.slice(0, max - 1).join("")}…`;
}
