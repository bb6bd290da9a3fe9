import type { z } from "zod";
import { checkVariant, compileVariant, type VariantDraft } from "./assemble.ts";
import { PromptsError } from "./errors.ts";
import type { DropRule } from "./fit.ts";
import { NO_LOCALE } from "./locale.ts";
import { Prompt } from "./prompt.ts";
import type { Role } from "./template/helpers.ts";
import { zodToJsonSchema } from "./template/schema.ts";

/** One message of a prompt in code; `history` stands for the conversation so far. */
export type MessageTemplate = { readonly role: Role; readonly content: string } | "history";

/** A value, or one for each locale. */
export type ByLocale<T> = T | { readonly [locale: string]: T };

export interface PromptDefinition<I extends z.ZodType<Record<string, unknown>>, O extends z.ZodType> {
  readonly name: string;
  readonly description?: string;
  readonly input: I;
  /** The model's answer is JSON of this schema, which the prompt then also asks for. */
  readonly output?: O;
  /** Handlebars text as in the body of a `.prompt` file. */
  readonly template?: ByLocale<string>;
  /** Instead of `template`. */
  readonly messages?: ByLocale<readonly MessageTemplate[]>;
  /** Locale for when the wanted one is missing. */
  readonly fallback?: string;
  /** Partials by name, for `{{> name}}`. */
  readonly partials?: Readonly<Record<string, string>>;
  /** Inputs that may only be printed through `{{untrusted …}}`. */
  readonly untrusted?: readonly (keyof z.input<I> & string)[];
  /** What `fitTo` leaves out, first to last. */
  readonly drop?: readonly (DropRule | string)[];
}

/**
 * Defines a prompt in code. Everything that can be wrong with it is found here, not when it renders.
 *
 * @throws PromptsError `invalid-template` with every problem
 *
 * @example
 * const ask = definePrompt({
 *   name: "ask",
 *   input: z.object({ question: z.string(), documents: z.array(z.string()) }),
 *   untrusted: ["documents"],
 *   template: `{{role "system"}}Answer from the documents.\n{{untrusted documents}}\n{{role "user"}}{{question}}`,
 * });
 */
export function definePrompt<
  I extends z.ZodType<Record<string, unknown>>,
  O extends z.ZodType = z.ZodType<string>,
>(definition: PromptDefinition<I, O>): Prompt<z.input<I> & Record<string, unknown>, z.output<O>> {
  const { name, output, fallback, description } = definition;
  const drop = (definition.drop ?? []).map((rule) => (typeof rule === "string" ? { from: rule } : rule));
  const shared = {
    input: zodToJsonSchema(definition.input),
    output: output && zodToJsonSchema(output),
    untrusted: definition.untrusted ?? [],
    drop,
    partials: new Map(
      Object.entries(definition.partials ?? {}).map(([key, text]) => [
        key,
        { file: `${name} partial ${key}`, text, line: 1 },
      ]),
    ),
    lineOf: () => 1,
  };
  const drafts = readVariants(definition).map((variant) => ({ ...shared, ...variant }));
  const problems = drafts.flatMap(checkVariant);
  if (fallback !== undefined && !drafts.some((draft) => draft.locale === fallback)) {
    const locales = drafts.map((draft) => draft.locale || "none").join(", ");
    problems.push({
      file: name,
      line: 1,
      message: `there is no variant for the fallback "${fallback}"`,
      hint: `locales are ${locales}`,
    });
  }
  if (problems.length > 0) throw PromptsError.fromProblems(problems);

  type Input = z.input<I> & Record<string, unknown>;
  return new Prompt<Input, z.output<O>>({
    name,
    ...(description !== undefined && { description }),
    input: definition.input as unknown as z.ZodType<Input>,
    ...(output && { output: { zod: output as unknown as z.ZodType<z.output<O>>, json: shared.output! } }),
    variants: new Map(drafts.map((draft) => [draft.locale, compileVariant(draft)])),
    ...(fallback !== undefined && { fallback }),
    drop,
  });
}

function readVariants(
  definition: PromptDefinition<z.ZodType<Record<string, unknown>>, z.ZodType>,
): Pick<VariantDraft, "file" | "locale" | "texts" | "source">[] {
  const { name, template, messages } = definition;
  if ((template === undefined) === (messages === undefined)) {
    throw new PromptsError("invalid-argument", `Prompt "${name}" needs either "template" or "messages".`);
  }
  const isOne = typeof template === "string" || Array.isArray(messages);
  const byLocale = (isOne ? { [NO_LOCALE]: template ?? messages } : (template ?? messages)) as Record<
    string,
    string | readonly MessageTemplate[]
  >;
  return Object.entries(byLocale).map(([locale, given]) => {
    const file = locale === NO_LOCALE ? name : `${name}.${locale}`;
    if (typeof given === "string")
      return { file, locale, source: given, texts: [{ file, text: given, line: 1 }] };
    const texts = given.map((message, index) => ({
      file: `${file} messages[${index}]`,
      text: message === "history" ? "{{history}}" : message.content,
      line: 1,
    }));
    const source = given
      .map((message) =>
        message === "history" ? "{{history}}" : `{{role "${message.role}"}}${message.content}`,
      )
      .join("\n");
    return { file, locale, source, texts };
  });
}
