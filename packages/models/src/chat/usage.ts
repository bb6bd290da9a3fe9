import { countTokens } from "../tokens.ts";
import type { WireRequest, WireUsage } from "./wire.ts";

/** Brings a provider's usage into one form: totals filled in, cached tokens where OpenAI has them. */
export function normaliseUsage(usage: WireUsage | null | undefined): WireUsage | undefined {
  if (typeof usage?.prompt_tokens !== "number" && typeof usage?.completion_tokens !== "number")
    return undefined;
  const input = usage.prompt_tokens ?? 0;
  const output = usage.completion_tokens ?? 0;
  const cached = usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens;
  return {
    ...usage,
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: usage.total_tokens ?? input + output,
    ...(cached === undefined
      ? {}
      : { prompt_tokens_details: { ...usage.prompt_tokens_details, cached_tokens: cached } }),
  };
}

/** Usage for a provider that reports none, counted locally and marked as an estimate. */
export function estimateUsage(request: WireRequest, output: string): WireUsage {
  const tools = request.tools === undefined ? 0 : countTokens(JSON.stringify(request.tools));
  const input = countTokens(request.messages) + tools;
  const written = countTokens(output);
  return { prompt_tokens: input, completion_tokens: written, total_tokens: input + written, estimated: true };
}
