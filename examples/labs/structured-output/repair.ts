import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { PromptsError } from "@zixue/prompts";
import { criticise, type Triage, triage } from "./schema.ts";

export interface Repaired {
  readonly answer: Triage;
  /** 每一次没有通过的原因；第一次就通过时为空。 */
  readonly failures: readonly string[];
}

// #region repair
/**
 * 解析 → 不合格就把原话和原因一起发回去 → 再解析，至多 `tries` 次。
 *
 * @throws Error 说明每一次为什么没有通过
 */
export async function askWithRepair(
  model: BaseChatModel,
  message: string,
  options: { readonly tries?: number; readonly signal?: AbortSignal } = {},
): Promise<Repaired> {
  const { tries = 3, signal } = options;
  const messages = await triage.render({ message });
  const failures: string[] = [];
  for (let attempt = 1; attempt <= tries; attempt++) {
    const reply = await model.invoke(messages, signal ? { signal } : {});
    const { answer, problem } = read(reply, message);
    if (answer !== undefined) return { answer, failures };
    failures.push(problem);
    messages.push(
      new AIMessage(reply.text),
      new HumanMessage(`上面的回答不合格：\n${problem}\n请只输出改正后的完整 JSON。`),
    );
  }
  throw new Error(
    `问了 ${tries} 次，回答都不合格：\n${failures.map((why, i) => `${i + 1}. ${why}`).join("\n")}`,
  );
}

type Read = { answer: Triage; problem?: never } | { answer?: never; problem: string };

function read(reply: AIMessage, message: string): Read {
  try {
    const answer = triage.parse(reply);
    const problem = criticise(answer, message);
    return problem === null ? { answer } : { problem };
  } catch (error) {
    if (error instanceof PromptsError && error.code === "invalid-output") return { problem: error.message };
    throw error;
  }
}
// #endregion repair
