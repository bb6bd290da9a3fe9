import { sha256 } from "@langchain/core/utils/hash";
import type { PromptProblem } from "./errors.ts";
import type { DropRule } from "./fit.ts";
import { languageOf } from "./locale.ts";
import type { PromptVariant } from "./prompt.ts";
import { checkTemplate } from "./template/check.ts";
import { HELPER_NAMES } from "./template/helpers.ts";
import { compileTemplate } from "./template/render.ts";
import { type JsonSchema, kindOf, property, propertyNames } from "./template/schema.ts";
import type { TemplateText } from "./template/syntax.ts";

/** One variant before it was checked. */
export interface VariantDraft {
  readonly file: string;
  readonly locale: string;
  /** Usually one; a prompt given as a list of messages has one for each. */
  readonly texts: readonly TemplateText[];
  /** The whole template, with the roles of a list of messages written in. */
  readonly source: string;
  readonly partials: ReadonlyMap<string, TemplateText>;
  readonly input: JsonSchema;
  readonly output: JsonSchema | undefined;
  readonly untrusted: readonly string[];
  readonly drop: readonly DropRule[];
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Line on which a setting stands, such as `["input", "schema", "question"]`. */
  lineOf(path: readonly string[]): number;
}

/** Everything wrong with a variant, in the order of its lines. */
export function checkVariant(draft: VariantDraft): PromptProblem[] {
  const problems: PromptProblem[] = [];
  const used = new Set<string>();
  let complete = true;
  for (const template of draft.texts) {
    const checked = checkTemplate({ ...draft, template, untrusted: new Set(draft.untrusted) });
    problems.push(...checked.problems);
    complete &&= checked.complete;
    for (const name of checked.used) used.add(name);
  }
  const report = (path: readonly string[], message: string, hint: string) =>
    problems.push({ file: draft.file, line: draft.lineOf(path), message, hint });

  const names = propertyNames(draft.input);
  for (const name of names) {
    const path = ["input", "schema", name];
    if (HELPER_NAMES.has(name)) {
      report(path, `input "${name}" has the name of a helper`, "rename the input");
    } else if (!used.has(name) && complete) {
      report(
        path,
        `input "${name}" is never used`,
        `use {{${name}}} in the template, or remove it from the schema`,
      );
    }
  }
  for (const name of draft.untrusted) {
    if (!names.includes(name))
      report(["untrusted"], `untrusted "${name}" is not an input`, listInputs(names));
  }
  for (const rule of draft.drop) {
    if (rule.from === "history" || rule.from === "examples") continue;
    const schema = property(draft.input, rule.from, draft.input);
    if (!names.includes(rule.from) || schema === undefined) {
      report(["drop"], `drop "${rule.from}" is not an input`, `${listInputs(names)}; or history, examples`);
    } else if (kindOf(schema, draft.input) === "object") {
      report(["drop"], `drop "${rule.from}" is an object`, "only lists and texts can be shortened");
    }
  }
  return dedupe(problems).sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

/** Compiles a variant that was checked. */
export function compileVariant(draft: VariantDraft): PromptVariant {
  const partials = new Map([...draft.partials].map(([name, template]) => [name, template.text]));
  const identity = JSON.stringify([
    draft.source,
    [...partials].sort(),
    draft.input,
    draft.output ?? null,
    draft.defaults ?? null,
  ]);
  return {
    locale: draft.locale,
    file: draft.file,
    source: draft.source,
    language: languageOf(draft.locale, draft.source),
    ...(draft.defaults && { defaults: draft.defaults }),
    hash: sha256(identity).slice(0, 16),
    render: compileTemplate(draft.source, partials),
  };
}

/** The same problem is found once for every prompt that includes a partial. */
export function dedupe(problems: readonly PromptProblem[]): PromptProblem[] {
  return [...new Map(problems.map((p) => [`${p.file}\n${p.line}\n${p.message}`, p])).values()];
}

function listInputs(names: readonly string[]): string {
  return names.length === 0 ? "the prompt has no inputs" : `inputs are ${names.join(", ")}`;
}
