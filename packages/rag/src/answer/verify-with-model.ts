import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { z } from "zod";
import { RagError } from "../errors.ts";
import { modelPrompt } from "../retrieve/model-prompts.ts";
import type { MessageLanguage } from "./messages.ts";
import type { ModelGeneratorOptions } from "./model-generator.ts";

/** A sentence and the text that it cites. */
export interface ClaimPair {
  readonly claim: string;
  readonly source: string;
}

/** Tells for each pair whether the source supports the claim; as many verdicts as pairs, in their order. */
export type ClaimVerifier = (
  pairs: readonly ClaimPair[],
  options: { readonly language: MessageLanguage; readonly signal?: AbortSignal },
) => Promise<readonly boolean[]>;

const verdictsSchema = z.object({
  verdicts: z.array(z.object({ pair: z.number().int(), supported: z.boolean() })),
});

/**
 * Has a chat model judge all pairs in one structured call. How well a model judges depends on the model and was not
 * measured here; only the protocol is tested.
 *
 * @throws RagError `model-failed` (by the returned function) when the reply lacks a verdict; whatever the model throws
 */
export function modelVerifier(
  model: BaseChatModel,
  options: Pick<ModelGeneratorOptions, "prompts"> = {},
): ClaimVerifier {
  return async (pairs, { language, signal }) => {
    if (pairs.length === 0) return [];
    const prompt = await modelPrompt("verify", options.prompts);
    const messages = await prompt.render(
      { pairs: pairs.map(({ claim, source }, index) => `[${index + 1}]\n${claim}\n---\n${source}`) },
      { locale: language },
    );
    const structured = model.withStructuredOutput(verdictsSchema, { name: "verdicts" });
    const reply = verdictsSchema.parse(await structured.invoke(messages, signal ? { signal } : {}));
    const byPair = new Map(reply.verdicts.map(({ pair, supported }) => [pair, supported]));
    return pairs.map((_, index) => {
      const verdict = byPair.get(index + 1);
      if (verdict === undefined)
        throw new RagError(
          "model-failed",
          `The model gave no verdict on pair ${index + 1} of ${pairs.length}.`,
        );
      return verdict;
    });
  };
}
