#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { parseArgs } from "node:util";
import { formatProblems, PromptsError } from "./errors.ts";
import { lintPrompts } from "./load.ts";

const USAGE = `prompts lint <folder> [--json]
    Checks every .prompt file in a folder. Exits with 1 when something is wrong.

prompts render <file> [--input '{"name": "value"}' | --input-file input.json] [--locale zh] [--tokens 4000] [--json]
    Renders one prompt and prints its messages.`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        input: { type: "string" },
        "input-file": { type: "string" },
        locale: { type: "string" },
        tokens: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [command, target] = positionals;
    if (values.help) return print(USAGE, 0);
    if (command === "lint" && target) return await lint(target, values.json);
    if (command === "render" && target) return await render(target, values);
    return complain(USAGE, 2);
  } catch (error) {
    if (error instanceof PromptsError) return complain(error.message, 1);
    if ((error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS"))
      return complain(`${(error as Error).message}\n\n${USAGE}`, 2);
    throw error;
  }
}

async function lint(folder: string, asJson: boolean): Promise<number> {
  const { problems, library, files } = await lintPrompts(folder);
  if (asJson)
    return print(
      JSON.stringify({ files, prompts: library.names, problems }, null, 2),
      problems.length > 0 ? 1 : 0,
    );
  if (problems.length > 0) return complain(formatProblems(problems), 1);
  if (files === 0) return complain(`There are no .prompt files in "${folder}".`, 1);
  return print(`${files} files, ${library.names.length} prompts, no problems.`, 0);
}

interface RenderFlags {
  readonly input?: string | undefined;
  readonly "input-file"?: string | undefined;
  readonly locale?: string | undefined;
  readonly tokens?: string | undefined;
  readonly json: boolean;
}

async function render(file: string, flags: RenderFlags): Promise<number> {
  const { library, problems } = await lintPrompts(dirname(file));
  const [name = "", ...variant] = basename(file)
    .replace(/\.prompt$/, "")
    .split(".");
  if (!library.names.includes(name)) {
    const own = problems.filter((problem) => basename(problem.file).startsWith(`${name}.`));
    if (problems.length > 0) return complain(formatProblems(own.length > 0 ? own : problems), 1);
  }
  const prompt = library.get(name);
  const locale = flags.locale ?? (variant.join(".") || undefined);
  const fitted = flags.tokens === undefined ? prompt : prompt.fitTo(Number(flags.tokens));
  const rendered = await fitted.renderDetailed(
    await readInput(flags),
    locale === undefined ? {} : { locale },
  );
  if (flags.json) {
    const messages = rendered.messages.map((m) => ({ role: m.getType(), content: m.content }));
    return print(JSON.stringify({ ...rendered, messages }, null, 2), 0);
  }
  const dropped = rendered.dropped.map((d) => `, ${d.dropped} ${d.unit} of ${d.from} dropped`).join("");
  const body = rendered.messages.map(
    (m) => `--- ${m.getType()}\n${typeof m.content === "string" ? m.content : JSON.stringify(m.content)}`,
  );
  return print(`${body.join("\n")}\n--- ${rendered.tokens} tokens, hash ${rendered.hash}${dropped}`, 0);
}

async function readInput(flags: RenderFlags): Promise<Record<string, unknown>> {
  const file = flags["input-file"];
  const text =
    file === undefined
      ? (flags.input ?? "{}")
      : await readFile(file, "utf8").catch((cause: unknown) => {
          throw new PromptsError("unreadable", `Cannot read "${file}": ${(cause as Error).message}.`, {
            cause,
          });
        });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    throw new PromptsError("invalid-input", `The input is not JSON: ${(cause as Error).message}.`, { cause });
  }
  throw new PromptsError("invalid-input", `The input must be a JSON object such as '{"question": "…"}'.`);
}

function print(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

function complain(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
