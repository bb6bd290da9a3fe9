import { definePrompt, type ExampleOptions, type PromptExample } from "@zixue/prompts";
import { z } from "zod";
import { CATEGORIES, type Labelled, pool } from "./messages.ts";

const input = z.object({ message: z.string() });

export const triage = definePrompt({
  name: "triage",
  input,
  untrusted: ["message"],
  template: `{{role "system"}}把学员的留言分到一类：${CATEGORIES.join("、")}。只回答类别。
{{role "user"}}{{untrusted message}}`,
  drop: ["examples"],
});

export type TriageInput = z.infer<typeof input> & Record<string, unknown>;

// #region strategies
export const examples: readonly PromptExample<TriageInput, string>[] = pool.map((item) => ({
  input: { message: item.message },
  output: item.category,
}));

/** 五种给示例的办法。 */
export const strategies: Readonly<Record<string, ExampleOptions<TriageInput> | null>> = {
  不给示例: null,
  全部: { select: "all" },
  "前 3 条": { select: "all", limit: 3 },
  "按长度，至多 300 token": { select: "length", maxTokens: 300 },
  "按相似度取 3 条": { select: "similarity", limit: 3 },
};
// #endregion strategies

// #region measure
export interface Measured {
  readonly tokens: number;
  readonly shown: number;
  /** 正确的类别至少在示例里出现过一次的问题所占的比例。 */
  readonly covered: number;
  /** 离问题最近（排在最后）的示例就是正确类别的问题所占的比例：一个不用模型的近似指标。 */
  readonly nearestRight: number;
}

export async function measure(
  options: ExampleOptions<TriageInput> | null,
  questions: readonly Labelled[],
): Promise<Measured> {
  const prompt = options === null ? triage : triage.withExamples(examples, options);
  const sums = { tokens: 0, shown: 0, covered: 0, nearestRight: 0 };
  for (const { message, category } of questions) {
    const { messages, tokens } = await prompt.renderDetailed({ message });
    const labels = messages.filter((part) => part.getType() === "ai").map((part) => part.text);
    sums.tokens += tokens / questions.length;
    sums.shown += labels.length / questions.length;
    if (labels.includes(category)) sums.covered += 1 / questions.length;
    if (labels.at(-1) === category) sums.nearestRight += 1 / questions.length;
  }
  return sums;
}
// #endregion measure
