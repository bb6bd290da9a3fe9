import { type ResolvedModels, resolveModels } from "@zixue/models";
import type { DoctorMessages, Language } from "../messages.ts";
import type { CheckResult } from "./check.ts";

/** How long a model may take to say one word. A local one may have to load first. */
const TIMEOUT_MS = 30_000;

/** Whether the configured models answer. Sends one word to each: a key and a model's name show only there. */
export async function checkModels(
  text: DoctorMessages,
  language: Language,
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs = TIMEOUT_MS,
): Promise<CheckResult[]> {
  let models: ResolvedModels;
  try {
    models = await resolveModels({ maxRetries: 0 }, env);
  } catch (error) {
    const { name, remedy } = text.model;
    return [{ name, status: "problem", detail: (error as Error).message, remedy }];
  }
  return Promise.all([
    checkChat(text, language, models, timeoutMs),
    checkEmbeddings(text, models, timeoutMs),
  ]);
}

async function checkChat(
  text: DoctorMessages,
  language: Language,
  models: ResolvedModels,
  timeoutMs: number,
): Promise<CheckResult> {
  const { name, none, reached, failed, remedy } = text.model;
  if (models.chat === undefined) return { name, status: "ok", detail: `${none}\n${text.model.noneHint}` };
  const description = models.describe(language).split("\n")[0] ?? "";
  const started = performance.now();
  try {
    await models.chat.invoke("ping", { signal: AbortSignal.timeout(timeoutMs) });
    return { name, status: "ok", detail: reached(description, Math.round(performance.now() - started)) };
  } catch (error) {
    return { name, status: "problem", detail: failed(description, (error as Error).message), remedy };
  }
}

async function checkEmbeddings(
  text: DoctorMessages,
  models: ResolvedModels,
  timeoutMs: number,
): Promise<CheckResult> {
  const { name, none, reached, failed, remedy } = text.embeddings;
  if (models.embeddings === undefined) return { name, status: "ok", detail: none };
  const started = performance.now();
  try {
    const vector = await models.embeddings.embedQuery("ping", { signal: AbortSignal.timeout(timeoutMs) });
    return { name, status: "ok", detail: reached(vector.length, Math.round(performance.now() - started)) };
  } catch (error) {
    return { name, status: "problem", detail: failed((error as Error).message), remedy };
  }
}
