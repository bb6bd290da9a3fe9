import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessage } from "@langchain/core/messages";
import type { Attributes } from "./span.ts";

/** Which model is asked, and where. */
export function describeModel(model: BaseChatModel): Attributes {
  const { model: name, modelName } = model as { model?: unknown; modelName?: unknown };
  return {
    "gen_ai.provider.name": providerOf(model),
    "gen_ai.request.model": [name, modelName].find((value) => typeof value === "string") ?? model.getName(),
    ...serverOf(model),
  };
}

/** What the provider says of its reply. */
export function describeReply(
  { response_metadata, id, tool_calls }: AIMessage,
  finishReason: string | undefined,
): Attributes {
  const { model_name, model, finish_reason } = response_metadata as Record<string, unknown>;
  const called = tool_calls?.length ? "tool_calls" : undefined;
  return {
    "gen_ai.response.model": [model_name, model].find((value) => typeof value === "string"),
    // LangChain makes up an id where the provider gives none.
    "gen_ai.response.id": id?.startsWith("run-") ? undefined : id,
    "gen_ai.response.finish_reasons":
      finishReason ?? (typeof finish_reason === "string" ? finish_reason : called),
  };
}

/** Kind of an error, in a word that has few values: the HTTP status, a code, or the error's class. */
export function errorType(error: unknown): string {
  const { status, code, name } = rootOf(error) as { status?: unknown; code?: unknown; name?: unknown };
  if (typeof status === "number") return String(status);
  return [code, name].find((value) => typeof value === "string") ?? "_OTHER";
}

export function errorMessage(error: unknown): string {
  const root = rootOf(error);
  return root instanceof Error ? root.message : String(root);
}

function rootOf(error: unknown): object {
  let root = error;
  while (root instanceof Error && root.name === "MiddlewareError" && root.cause !== undefined)
    root = root.cause;
  return Object(root) as object;
}

function providerOf(model: BaseChatModel): string {
  try {
    const { ls_provider } = model.getLsParams({} as never);
    if (ls_provider) return ls_provider;
  } catch {
    // A model of one's own may expect call options.
  }
  return model._llmType();
}

function serverOf(model: BaseChatModel): Attributes {
  const { baseURL } = (model as { clientConfig?: { baseURL?: unknown } }).clientConfig ?? {};
  if (typeof baseURL !== "string" || !URL.canParse(baseURL)) return {};
  const { hostname, port, protocol } = new URL(baseURL);
  const usual = protocol === "http:" ? 80 : 443;
  return { "server.address": hostname, "server.port": port === "" ? usual : Number(port) };
}
