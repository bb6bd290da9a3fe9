import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage } from "@langchain/core/messages";
import { Runnable, type RunnableConfig, RunnableLambda } from "@langchain/core/runnables";
import { countTokens } from "@zixue/models/tokens";
import { z } from "zod";
import { PromptsError } from "./errors.ts";
import { checkExampleOptions, type ExampleOptions, type PromptExample, selectExamples } from "./examples.ts";
import { type Dropped, type DropRule, fitToBudget, type PromptContents } from "./fit.ts";
import { chooseLocale, NO_LOCALE } from "./locale.ts";
import { describeOutput, parseOutput, textOf } from "./output.ts";
import type { CompiledTemplate } from "./template/render.ts";
import type { JsonSchema } from "./template/schema.ts";

/** What `render` takes: the declared inputs, and the messages of the conversation so far. */
export type PromptInput<I> = I & { readonly history?: readonly BaseMessage[] };

export interface RenderOptions {
  /** BCP 47 tag, such as `zh` or `en-GB`. */
  readonly locale?: string;
}

/** A rendering, with what a trace wants to know about it. */
export interface RenderedPrompt {
  readonly messages: BaseMessage[];
  /** By the package's own counter, roles included; an estimate for any one model. */
  readonly tokens: number;
  /** What `fitTo` left out. */
  readonly dropped: readonly Dropped[];
  readonly name: string;
  /** The variant that was used; empty when the prompt has but one. */
  readonly locale: string;
  readonly hash: string;
}

/** One language of a prompt. */
export interface PromptVariant {
  readonly locale: string;
  /** File, or the prompt's name when it was defined in code. */
  readonly file: string;
  readonly source: string;
  readonly language: "zh" | "en";
  /** Input values for when none are given. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** SHA-256 over template, partials, schemas and defaults, 16 hexadecimal digits. */
  readonly hash: string;
  readonly render: CompiledTemplate;
}

export interface PromptParts<I, O> {
  readonly name: string;
  readonly description?: string;
  readonly input: z.ZodType<I>;
  readonly output?: { readonly zod: z.ZodType<O>; readonly json: JsonSchema };
  readonly variants: ReadonlyMap<string, PromptVariant>;
  readonly fallback?: string;
  readonly drop: readonly DropRule[];
  /** Model name and settings from the front matter, for whoever chooses the model. */
  readonly model?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface FitOptions {
  /** Replaces the declared order of what to drop. */
  readonly drop?: readonly DropRule[];
  /** Told what was left out, each time something was. */
  readonly onDrop?: (dropped: readonly Dropped[]) => void;
  /** Counts a whole list of messages. @default the package's own estimate, which needs no model */
  readonly countTokens?: (messages: readonly BaseMessage[]) => number;
}

interface Settings<I, O> {
  readonly locale?: string;
  readonly examples?: { readonly list: readonly PromptExample<I, O>[]; readonly options: ExampleOptions<I> };
  readonly fit?: FitOptions & { readonly tokens: number };
}

/**
 * A prompt template that is known to be sound. It is a LangChain `Runnable` from its input to messages, so it can be
 * piped into any chat model. It never changes: `withExamples`, `fitTo` and `forLocale` give new prompts.
 *
 * @example
 * const messages = await prompt.render({ question: "什么是反向传播？" });
 * const answer = await prompt.pipe(model).invoke({ question: "什么是反向传播？" });
 */
export class Prompt<I extends Record<string, unknown>, O = string> extends Runnable<
  PromptInput<I>,
  BaseMessage[]
> {
  static override lc_name(): string {
    return "Prompt";
  }
  override readonly lc_namespace = ["zixue", "prompts"];
  readonly #parts: PromptParts<I, O>;
  readonly #settings: Settings<I, O>;

  constructor(parts: PromptParts<I, O>, settings: Settings<I, O> = {}) {
    super();
    this.name = parts.name;
    this.#parts = parts;
    this.#settings = settings;
  }

  get description(): string | undefined {
    return this.#parts.description;
  }

  /** Content hash of the variant that renders by default. */
  get hash(): string {
    return this.#variant().hash;
  }

  get locales(): readonly string[] {
    return [...this.#parts.variants.keys()].filter((locale) => locale !== NO_LOCALE);
  }

  get input(): z.ZodType<I> {
    return this.#parts.input;
  }

  get output(): z.ZodType<O> | undefined {
    return this.#parts.output?.zod;
  }

  /** Model and settings that a prompt file asks for. */
  get model(): { readonly name: string | undefined; readonly config: Readonly<Record<string, unknown>> } {
    return { name: this.#parts.model, config: this.#parts.config ?? {} };
  }

  /**
   * Renders to messages.
   *
   * @throws PromptsError `invalid-input` when the input does not match its schema; `too-long` after `fitTo`
   */
  async render(input: PromptInput<I>, options: RenderOptions = {}): Promise<BaseMessage[]> {
    return (await this.renderDetailed(input, options)).messages;
  }

  /** Renders, and tells the token count, what was dropped, the variant and its hash. */
  async renderDetailed(input: PromptInput<I>, options: RenderOptions = {}): Promise<RenderedPrompt> {
    const variant = this.#variant(options.locale);
    const { fit } = this.#settings;
    const { history = [], ...given } = input;
    const values = this.#validate(given, variant);
    const examples = await this.#chooseExamples(values, variant);
    const contents = { input: values as Record<string, unknown>, history, examples };
    const render = (reduced: PromptContents) => this.#measure(this.#renderContents(reduced, variant));
    const rendered = fit
      ? fitToBudget(contents, fit.drop ?? this.#parts.drop, fit.tokens, render)
      : { ...render(contents), dropped: [] };
    if (rendered.dropped.length > 0) fit?.onDrop?.(rendered.dropped);
    return { ...rendered, name: this.#parts.name, locale: variant.locale, hash: variant.hash };
  }

  override async invoke(input: PromptInput<I>, config?: Partial<RunnableConfig>): Promise<BaseMessage[]> {
    return this._callWithConfig((value: PromptInput<I>) => this.render(value), input, {
      ...config,
      runType: "prompt",
    });
  }

  /** The same prompt in one language, for use where no render options can be given, as in `.pipe(model)`. */
  forLocale(locale: string): Prompt<I, O> {
    this.#variant(locale);
    return new Prompt(this.#parts, { ...this.#settings, locale });
  }

  /**
   * Adds worked examples as turns in front of the history: for each, the user message that the template renders for
   * its input, and its output as the model's answer.
   */
  withExamples(list: readonly PromptExample<I, O>[], options: ExampleOptions<I> = {}): Prompt<I, O> {
    checkExampleOptions(options);
    for (const example of list) this.#validate(example.input, this.#variant());
    return new Prompt(this.#parts, { ...this.#settings, examples: { list, options } });
  }

  /**
   * Keeps every rendering within `tokens`, leaving out what the prompt declares in `drop`, in that order. What was
   * left out is told by `renderDetailed` and `onDrop`; what cannot fit is an error.
   */
  fitTo(tokens: number, options: FitOptions = {}): Prompt<I, O> {
    if (!(tokens > 0)) {
      throw new PromptsError("invalid-argument", `fitTo needs a positive number of tokens, not ${tokens}.`);
    }
    return new Prompt(this.#parts, { ...this.#settings, fit: { ...options, tokens } });
  }

  /**
   * Reads the model's answer: a value of the output schema, or the text when there is none.
   *
   * @throws PromptsError `invalid-output`
   */
  parse(answer: string | BaseMessage): O {
    const { output, name } = this.#parts;
    return output ? parseOutput(output.zod, answer, name) : (textOf(answer) as O);
  }

  /** `parse` as a Runnable: `prompt.pipe(model).pipe(prompt.outputParser())`. */
  outputParser(): Runnable<string | BaseMessage, O> {
    return RunnableLambda.from((answer: string | BaseMessage) => this.parse(answer)) as Runnable<
      string | BaseMessage,
      O
    >;
  }

  #variant(locale = this.#settings.locale): PromptVariant {
    const { variants, fallback, name } = this.#parts;
    const key = chooseLocale([...variants.keys()], locale, fallback);
    if (key !== undefined) return variants.get(key)!;
    throw new PromptsError(
      "unknown-prompt",
      `Prompt "${name}" exists in ${this.locales.join(", ")}, and not for locale ${JSON.stringify(locale ?? null)}. Pass { locale }, or declare a fallback.`,
      { details: { name, locale: locale ?? null, locales: this.locales } },
    );
  }

  #validate(given: unknown, variant: PromptVariant): I {
    const { input, name } = this.#parts;
    const result = input.safeParse({ ...variant.defaults, ...(given as object) });
    if (result.success) return result.data;
    throw new PromptsError(
      "invalid-input",
      `Input of prompt "${name}" does not match its schema:\n${z.prettifyError(result.error)}`,
      { cause: result.error, details: { issues: result.error.issues } },
    );
  }

  #renderContents(contents: PromptContents, variant: PromptVariant): BaseMessage[] {
    const { output } = this.#parts;
    const examples = (contents.examples as PromptExample<I, O>[]).flatMap((e) =>
      this.#exampleTurn(e, variant),
    );
    return this.#guard(variant, () =>
      variant.render({
        input: contents.input,
        history: [...examples, ...contents.history],
        language: variant.language,
        ...(output && { outputNote: describeOutput(output.json, variant.language) }),
      }),
    );
  }

  #exampleTurn(example: PromptExample<I, O>, variant: PromptVariant): BaseMessage[] {
    const input = this.#validate(example.input, variant);
    const rendered = this.#guard(variant, () =>
      variant.render({ input, history: [], language: variant.language }),
    );
    const question = rendered.findLast((message) => message.getType() === "human");
    const { output } = example;
    const answer = new AIMessage(typeof output === "string" ? output : JSON.stringify(output));
    return question ? [question, answer] : [answer];
  }

  async #chooseExamples(input: I, variant: PromptVariant): Promise<PromptExample<I, O>[]> {
    const { examples } = this.#settings;
    if (!examples) return [];
    const tokensOf = (example: PromptExample<I, O>) =>
      this.#measure(this.#exampleTurn(example, variant)).tokens;
    return selectExamples(examples.list, input, examples.options, tokensOf);
  }

  #measure(messages: BaseMessage[]): { messages: BaseMessage[]; tokens: number } {
    const count = this.#settings.fit?.countTokens ?? ((given: readonly BaseMessage[]) => countTokens(given));
    return { messages, tokens: count(messages) };
  }

  #guard<T>(variant: PromptVariant, render: () => T): T {
    try {
      return render();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PromptsError(
        "invalid-input",
        `${variant.file} cannot be rendered with this input: ${reason}`,
        { cause },
      );
    }
  }
}
