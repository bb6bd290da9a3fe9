import { fileURLToPath } from "node:url";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { loadPrompts } from "@zixue/prompts";
import type { Case } from "./cases.ts";

export interface Result {
  readonly message: string;
  readonly expected: string;
  readonly answer: string;
  readonly right: boolean;
}

export interface Run {
  readonly name: string;
  /** 提示内容的哈希：改一个字就变，结果因此总能对上是哪一版。 */
  readonly hash: string;
  readonly accuracy: number;
  readonly results: readonly Result[];
}

// #region run
/** 同一批用例、同一个模型，跑一个版本的提示。 */
export async function run(name: string, model: BaseChatModel, cases: readonly Case[]): Promise<Run> {
  const prompts = await loadPrompts(fileURLToPath(new URL("prompts", import.meta.url)), { fallback: "zh" });
  const prompt = prompts.get<{ message: string }, string>(name);
  const results: Result[] = [];
  for (const { message, expected } of cases) {
    const answer = prompt.parse(await prompt.pipe(model).invoke({ message })).trim();
    results.push({ message, expected, answer, right: answer === expected });
  }
  const accuracy = results.filter(({ right }) => right).length / results.length;
  return { name, hash: prompt.hash, accuracy, results };
}
// #endregion run
