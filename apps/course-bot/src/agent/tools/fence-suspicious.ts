import { detectInjection } from "@zixue/agent";
import { UNTRUSTED_NOTE, untrusted } from "@zixue/prompts";

/**
 * The course is its authors' own text and is shown to the model as it stands. A passage that looks like instructions to
 * a model (an example in a chapter on such attacks, or one that somebody planted) is fenced; from then on the agent's
 * guard lets nothing be changed without a person, whatever was allowed before.
 */
export function fenceSuspicious(text: string, source: string): string {
  if (detectInjection(text).length === 0) return text;
  return `${untrusted(text, { source })}\n${UNTRUSTED_NOTE.zh}`;
}
