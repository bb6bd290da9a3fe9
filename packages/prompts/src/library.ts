import type { z } from "zod";
import { checkVariant, compileVariant, dedupe, type VariantDraft } from "./assemble.ts";
import { type PromptProblem, PromptsError } from "./errors.ts";
import { type FrontMatter, readFrontMatter } from "./front-matter.ts";
import { NO_LOCALE } from "./locale.ts";
import { Prompt } from "./prompt.ts";
import { propertyNames } from "./template/schema.ts";
import { parseSource } from "./template/source.ts";
import { parseTemplate, type TemplateText } from "./template/syntax.ts";

/** A prompt file in memory. */
export interface PromptFile {
  /** Path inside the prompt folder, with `/`: `answer.zh.prompt`, `quiz/_style.prompt`. */
  readonly path: string;
  readonly text: string;
}

export interface ReadPromptsOptions {
  /** Locale for when the wanted one is missing. */
  readonly fallback?: string;
  /** Put in front of paths in problems, such as the folder. */
  readonly prefix?: string;
}

/** Prompts by name. */
export class PromptLibrary {
  readonly #prompts: ReadonlyMap<string, Prompt<Record<string, unknown>, unknown>>;

  constructor(prompts: ReadonlyMap<string, Prompt<Record<string, unknown>, unknown>>) {
    this.#prompts = prompts;
  }

  get names(): readonly string[] {
    return [...this.#prompts.keys()];
  }

  /**
   * A prompt by the name of its file: `answer` for `answer.prompt` or `answer.zh.prompt`. Input is always checked
   * against the schema in the file; the type parameters tell the compiler what that schema says.
   *
   * @throws PromptsError `unknown-prompt`, listing the prompts there are
   */
  get<I extends Record<string, unknown> = Record<string, unknown>, O = unknown>(name: string): Prompt<I, O> {
    const prompt = this.#prompts.get(name);
    if (prompt) return prompt as unknown as Prompt<I, O>;
    throw new PromptsError(
      "unknown-prompt",
      `There is no prompt "${name}". Prompts here: ${this.names.join(", ") || "none"}.`,
      { details: { name, known: this.names } },
    );
  }
}

/**
 * Reads and checks prompt files that are already in memory, for browsers and bundles. `loadPrompts` does it for a
 * folder.
 *
 * @throws PromptsError `invalid-template` with every problem of every file
 */
export async function readPrompts(
  files: readonly PromptFile[],
  options: ReadPromptsOptions = {},
): Promise<PromptLibrary> {
  const { library, problems } = await checkPrompts(files, options);
  if (problems.length > 0) throw PromptsError.fromProblems(problems);
  return library;
}

/** As `readPrompts`, but hands back the problems beside the prompts that are sound. */
export async function checkPrompts(
  files: readonly PromptFile[],
  options: ReadPromptsOptions = {},
): Promise<{ library: PromptLibrary; problems: readonly PromptProblem[] }> {
  const sorted = [...files].sort((a, b) => a.path.localeCompare(b.path));
  const parsed = sorted.map((file) => ({
    ...nameOf(file.path),
    source: parseSource(`${options.prefix ?? ""}${file.path}`, file.text),
  }));
  const problems: PromptProblem[] = [];
  const partials = parsed.filter((file) => file.isPartial);
  for (const partial of partials) {
    problems.push(...partial.source.problems);
    const checked = parseTemplate(textOf(partial.source));
    if ("problem" in checked) problems.push(checked.problem);
  }

  const families = new Map<string, Variant[]>();
  for (const { name, locale, source } of parsed.filter((file) => !file.isPartial)) {
    const front = await readFrontMatter(source, name);
    const draft: VariantDraft = {
      ...front,
      file: source.file,
      locale,
      texts: [textOf(source)],
      source: source.body,
      partials: new Map(partialsFor(locale, partials).map((p) => [p.name, textOf(p.source)])),
      input: front.input.json,
      output: front.output?.json,
      lineOf: source.lineOf,
    };
    problems.push(...front.problems, ...(front.problems.length > 0 ? [] : checkVariant(draft)));
    families.set(name, [...(families.get(name) ?? []), { draft, front }]);
  }
  for (const variants of families.values()) problems.push(...compareVariants(variants));

  const found = dedupe(problems);
  const broken = new Set(found.map((problem) => problem.file));
  const sound = [...families].filter(([, variants]) => !variants.some((v) => dependsOn(v.draft, broken)));
  const prompts = new Map(
    sound.map(([name, variants]) => [name, toPrompt(name, variants, options.fallback)]),
  );
  return { library: new PromptLibrary(prompts), problems: found };
}

interface Variant {
  readonly draft: VariantDraft;
  readonly front: FrontMatter;
}

function toPrompt(name: string, variants: readonly Variant[], fallback: string | undefined) {
  const { front } = variants[0]!;
  return new Prompt<Record<string, unknown>, unknown>({
    name,
    input: front.input.zod as z.ZodType<Record<string, unknown>>,
    ...(front.output && { output: front.output }),
    variants: new Map(variants.map(({ draft }) => [draft.locale, compileVariant(draft)])),
    drop: front.drop,
    ...(fallback !== undefined && { fallback }),
    ...(front.description !== undefined && { description: front.description }),
    ...(front.model !== undefined && { model: front.model }),
    ...(front.config && { config: front.config }),
  });
}

/** `quiz/_style.zh.prompt` → partial `quiz/style` for `zh`. */
function nameOf(path: string): { name: string; locale: string; isPartial: boolean } {
  const segments = path.replace(/\.prompt$/, "").split("/");
  const [base = "", ...variant] = segments.pop()!.split(".");
  const isPartial = base.startsWith("_");
  const name = [...segments, isPartial ? base.slice(1) : base].join("/");
  return { name, locale: variant.join(".") || NO_LOCALE, isPartial };
}

/** Partials without a locale, with those of the locale over them. */
function partialsFor<T extends { name: string; locale: string }>(
  locale: string,
  partials: readonly T[],
): T[] {
  const language = locale.split("-")[0]!;
  const chain = [...new Set([NO_LOCALE, language, locale])];
  return [
    ...new Map(
      chain.flatMap((tag) => partials.filter((p) => p.locale === tag)).map((p) => [p.name, p]),
    ).values(),
  ];
}

/** Variants stand for one another, so they must take the same input and give the same output. */
function compareVariants(variants: readonly Variant[]): PromptProblem[] {
  const [first, ...others] = variants;
  const shape = (v: Variant) => ({
    input: propertyNames(v.draft.input).sort().join(", "),
    output: propertyNames(v.draft.output ?? true)
      .sort()
      .join(", "),
  });
  return others.flatMap((other) =>
    (["input", "output"] as const).flatMap((side) => {
      const [expected, actual] = [shape(first!)[side], shape(other)[side]];
      if (expected === actual) return [];
      const { file } = other.draft;
      const message = `${side} fields (${actual || "none"}) differ from those of ${first!.draft.file} (${expected || "none"})`;
      return [
        {
          file,
          line: other.draft.lineOf([side, "schema"]),
          message,
          hint: "variants of a prompt share their schemas",
        },
      ];
    }),
  );
}

function dependsOn(draft: VariantDraft, broken: ReadonlySet<string>): boolean {
  return broken.has(draft.file) || [...draft.partials.values()].some((partial) => broken.has(partial.file));
}

function textOf(source: { file: string; body: string; bodyLine: number }): TemplateText {
  return { file: source.file, text: source.body, line: source.bodyLine };
}
