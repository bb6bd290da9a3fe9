import { fileURLToPath } from "node:url";
import { lintPrompts, loadPrompts, type PromptProblem } from "@zixue/prompts";

const here = (folder: string): string => fileURLToPath(new URL(folder, import.meta.url));

export interface TriageInput extends Record<string, unknown> {
  readonly message: string;
  readonly course?: string;
}

export interface Triage {
  readonly category: "概念" | "报错" | "作业" | "其他";
  readonly quote: string;
}

// #region load
/** 加载一个文件夹里的全部提示文件；任何一处有问题都在这里报错，而不是等到用户提问的时候。 */
export async function loadTriage() {
  const prompts = await loadPrompts(here("prompts"), { fallback: "zh" });
  return prompts.get<TriageInput, Triage>("triage");
}

/** 只检查，不抛错：把坏提示的每个问题连同文件和行号交回来。 */
export async function lintBroken(): Promise<readonly PromptProblem[]> {
  const { problems } = await lintPrompts(here("broken"));
  return problems;
}
// #endregion load
