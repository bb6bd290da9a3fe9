import type { LimitName } from "./limits.ts";

export type Language = "zh" | "en";

/** The language a person writes in, as far as these messages care. */
export function languageOf(text: string): Language {
  return /\p{Script=Han}/u.test(text) ? "zh" : "en";
}

/** Why a run ended early, for the user. */
export function limitMessage(limit: LimitName, max: number, currency: string, language: Language): string {
  const amount = limit === "milliseconds" ? max / 1000 : max;
  const texts: Record<LimitName, Record<Language, string>> = {
    steps: {
      zh: `已达到步数上限（${amount} 步），到此为止。以上是目前的结果。`,
      en: `Stopped at the limit of ${amount} steps. The above is what there is so far.`,
    },
    toolCalls: {
      zh: `已达到工具调用上限（${amount} 次），到此为止。以上是目前的结果。`,
      en: `Stopped at the limit of ${amount} tool calls. The above is what there is so far.`,
    },
    tokens: {
      zh: `已达到 token 上限（${amount}），到此为止。以上是目前的结果。`,
      en: `Stopped at the limit of ${amount} tokens. The above is what there is so far.`,
    },
    cost: {
      zh: `已达到费用上限（${amount} ${currency}），到此为止。以上是目前的结果。`,
      en: `Stopped at the cost limit of ${amount} ${currency}. The above is what there is so far.`,
    },
    loop: {
      zh: "模型一再重复同样的调用，没有进展，到此为止。以上是目前的结果。",
      en: "Stopped because the same calls were repeated without getting anywhere. The above is what there is so far.",
    },
    milliseconds: {
      zh: `已达到时间上限（${amount} 秒），到此为止。以上是目前的结果。`,
      en: `Stopped at the time limit of ${amount} s. The above is what there is so far.`,
    },
  };
  return texts[limit][language];
}
