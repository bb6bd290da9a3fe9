import { z } from "zod";
import type { PromptProblem } from "./errors.ts";
import type { DropRule } from "./fit.ts";
import {
  findPicoschemaMistakes,
  type JsonSchema,
  propertyNames,
  readSchema,
  SCHEMA_HINT,
} from "./template/schema.ts";
import type { PromptSource } from "./template/source.ts";

/** The settings of a prompt file, read and checked. */
export interface FrontMatter {
  readonly input: Schema;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly output: Schema | undefined;
  readonly untrusted: readonly string[];
  readonly drop: readonly DropRule[];
  readonly description?: string;
  readonly model?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly problems: readonly PromptProblem[];
}

interface Schema {
  readonly zod: z.ZodType;
  readonly json: JsonSchema;
}

/** Reads the front matter of `source`, a variant of prompt `name`. */
export async function readFrontMatter(source: PromptSource, name: string): Promise<FrontMatter> {
  const problems = [...source.problems];
  const report = (path: readonly string[], message: string, hint: string) => {
    problems.push({ file: source.file, line: source.lineOf(path), message, hint });
  };
  const settings = source.frontMatter;
  for (const key of Object.keys(settings)) {
    // The dotprompt format leaves keys with a dot to whoever extends it.
    if (!KEYS.includes(key) && !key.includes("."))
      report([key], `unknown setting "${key}"`, `settings are ${KEYS.join(", ")}`);
  }
  const shape = SHAPE.safeParse(settings);
  if (!shape.success) {
    for (const issue of shape.error.issues) {
      const path = issue.path.map(String);
      report(
        path,
        `setting "${path.join(".")}" cannot be read: ${issue.message}`,
        "see the dotprompt format",
      );
    }
  }
  const given = shape.success ? shape.data : {};
  const baseName = name.split("/").at(-1);
  if (given.name !== undefined && given.name !== baseName) {
    report(
      ["name"],
      `name "${given.name}" is not the name of the file, "${baseName}"`,
      "remove the name or rename the file",
    );
  }

  const read = async (side: "input" | "output", raw: unknown): Promise<Schema | undefined> => {
    if (raw === undefined) return undefined;
    const mistakes = findPicoschemaMistakes(raw);
    for (const { path, message } of mistakes)
      report([side, "schema", ...path], `bad ${side} schema: ${message}`, SCHEMA_HINT);
    if (mistakes.length > 0) return undefined;
    try {
      return await readSchema(raw);
    } catch (error) {
      report([side, "schema"], `bad ${side} schema: ${(error as Error).message}`, SCHEMA_HINT);
      return undefined;
    }
  };
  const input = (await read("input", given.input?.schema)) ?? {
    zod: z.object({}),
    json: { type: "object", properties: {} },
  };
  const output =
    (await read("output", given.output?.schema)) ?? (given.output?.format === "json" ? ANY : undefined);

  const defaults = given.input?.default ?? {};
  const names = propertyNames(input.json);
  for (const key of Object.keys(defaults)) {
    if (!names.includes(key))
      report(
        ["input", "default", key],
        `default for "${key}", which is not an input`,
        `inputs are ${names.join(", ")}`,
      );
  }
  return {
    input: { zod: acceptDefaults(input.zod), json: input.json },
    defaults,
    output,
    untrusted: given.untrusted ?? [],
    drop: (given.drop ?? []).map((rule) => (typeof rule === "string" ? { from: rule } : dropUndefined(rule))),
    ...(given.description !== undefined && { description: given.description }),
    ...(given.model !== undefined && { model: given.model }),
    ...(given.config !== undefined && { config: given.config }),
    problems,
  };
}

const ANY: Schema = { zod: z.unknown(), json: true };

const DROP = z.union([
  z.string(),
  z.strictObject({
    from: z.string(),
    keep: z.enum(["first", "last"]).optional(),
    atLeast: z.number().int().min(0).optional(),
  }),
]);

const SHAPE = z.looseObject({
  name: z.string().optional(),
  description: z.string().optional(),
  model: z.string().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  input: z
    .strictObject({ schema: z.unknown(), default: z.record(z.string(), z.unknown()).optional() })
    .partial()
    .optional(),
  output: z
    .strictObject({ schema: z.unknown(), format: z.enum(["json", "text"]) })
    .partial()
    .optional(),
  untrusted: z.array(z.string()).optional(),
  drop: z.array(DROP).optional(),
});

const KEYS = [
  "name",
  "description",
  "model",
  "config",
  "input",
  "output",
  "untrusted",
  "drop",
  "variant",
  "version",
  "metadata",
];

/** Undefined stands for "not given" in JavaScript, where JSON Schema knows only absence. */
function acceptDefaults(schema: z.ZodType): z.ZodType {
  return z.preprocess(
    (value) =>
      typeof value === "object" && value !== null && !Array.isArray(value) ? dropUndefined(value) : value,
    schema,
  );
}

function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
