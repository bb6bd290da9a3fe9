import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type ModelFailure, readFailure } from "../model-failure.ts";
import { nameOfModel } from "../model-name.ts";
import type { ModelPolicy, RunContext } from "./policy.ts";

/**
 * Asks again after a failure that may pass (429, 5xx, no connection, a cut or silent stream), at most `retries` times for
 * each model, and then the next of `fallbacks`; after one that will not pass (refused key, no quota, unknown model, prompt
 * too long) the next at once. It waits as long as the provider asks, up to a minute, else 0.5 s, 1 s, 2 s … An abort or a
 * limit ends it. What failed attempts took is counted.
 *
 * @throws the error of the last attempt
 */
export function fallBack({ agent, budget, emit, signal }: RunContext): ModelPolicy {
  return async (turn, next) => {
    const models = [turn.model, ...agent.fallbacks];
    let attempt = 1;
    let tries = 0;
    for (;;) {
      const model = models[0] as BaseChatModel;
      try {
        return await next({ ...turn, model });
      } catch (error) {
        const failure = readFailure(error, signal);
        if (failure.remedy === "none" || budget.reached !== undefined) throw error;
        let wait = tries < agent.retries ? waitBefore(failure, tries) : undefined;
        tries++;
        if (wait === undefined) {
          models.shift();
          tries = 0;
          wait = 0;
        }
        if (models[0] === undefined) throw error;
        attempt++;
        const { code: reason } = failure;
        emit({
          type: "retry",
          attempt,
          reason,
          model: nameOfModel(models[0]),
          waitMilliseconds: Math.round(wait),
        });
        await sleep(wait, signal);
      }
    }
  };
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
/** A provider that asks for more is not worth waiting for. */
const LONGEST_RETRY_AFTER = 60_000;

/** Milliseconds, or undefined when this model should not be asked again. */
function waitBefore({ remedy, retryAfterMs }: ModelFailure, tries: number): number | undefined {
  if (remedy !== "again") return undefined;
  if (retryAfterMs !== undefined) return retryAfterMs <= LONGEST_RETRY_AFTER ? retryAfterMs : undefined;
  // Jitter keeps many clients from coming back at the same moment.
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries) * (0.75 + Math.random() / 4);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
