import type { Embeddings } from "@langchain/core/embeddings";
import { PromptsError } from "./errors.ts";
import { cosineSimilarity, lexicalSimilarity } from "./similarity.ts";

/** A worked example: what was asked, and how the model should have answered. */
export interface PromptExample<I, O> {
  readonly input: I;
  /** A text, or a value of the output schema, which is shown as JSON. */
  readonly output: O | string;
}

export interface ExampleOptions<I> {
  /**
   * `all` takes them in order. `length` takes them in order while they fit `maxTokens`. `similarity` takes those most
   * like the input, the most alike last, next to the question.
   * @default "all"
   */
  readonly select?: "all" | "length" | "similarity";
  /** At most this many. For `similarity` the default is 3. */
  readonly limit?: number;
  /** Tokens that the chosen examples may take together. */
  readonly maxTokens?: number;
  /** Measures similarity; without it a lexical measure does, which works for Chinese too. */
  readonly embeddings?: Embeddings;
  /** What of an input is compared. @default its strings, joined */
  readonly textOf?: (input: I) => string;
}

/** Chooses examples as `options` say. */
export async function selectExamples<I, O>(
  examples: readonly PromptExample<I, O>[],
  input: I,
  options: ExampleOptions<I>,
  tokensOf: (example: PromptExample<I, O>) => number,
): Promise<PromptExample<I, O>[]> {
  const select = options.select ?? "all";
  const limit = options.limit ?? (select === "similarity" ? 3 : examples.length);
  const ranked = select === "similarity" ? await rankBySimilarity(examples, input, options) : [...examples];
  const chosen: PromptExample<I, O>[] = [];
  let tokens = 0;
  for (const example of ranked) {
    if (chosen.length >= limit) break;
    tokens += tokensOf(example);
    if (tokens > (options.maxTokens ?? Number.POSITIVE_INFINITY)) break;
    chosen.push(example);
  }
  return select === "similarity" ? chosen.reverse() : chosen;
}

/** @throws PromptsError `invalid-argument` when the options contradict each other or are out of range */
export function checkExampleOptions<I>(options: ExampleOptions<I>): void {
  if (options.select === "length" && options.maxTokens === undefined) {
    throw new PromptsError(
      "invalid-argument",
      'Selecting examples by "length" needs maxTokens, such as 500.',
    );
  }
  for (const key of ["limit", "maxTokens"] as const) {
    const value = options[key];
    if (value !== undefined && !(value >= 0)) {
      throw new PromptsError("invalid-argument", `${key} must be 0 or more, not ${value}.`);
    }
  }
}

async function rankBySimilarity<I, O>(
  examples: readonly PromptExample<I, O>[],
  input: I,
  options: ExampleOptions<I>,
): Promise<PromptExample<I, O>[]> {
  const textOf = options.textOf ?? stringsOf;
  const query = textOf(input);
  const texts = examples.map((example) => textOf(example.input));
  let scores: number[];
  if (options.embeddings) {
    const [wanted, vectors] = await Promise.all([
      options.embeddings.embedQuery(query),
      options.embeddings.embedDocuments(texts),
    ]);
    scores = vectors.map((vector) => cosineSimilarity(wanted, vector));
  } else {
    scores = lexicalSimilarity(query, texts);
  }
  return examples
    .map((example, index) => ({ example, score: scores[index]!, index }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ example }) => example);
}

function stringsOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).map(stringsOf).filter(Boolean).join("\n");
}
