import type { BaseChatModel } from "@langchain/core/language_models/chat_models";

/** The name a model is known and priced by. */
export function nameOfModel(model: BaseChatModel): string {
  const { model: name, modelName } = model as { model?: unknown; modelName?: unknown };
  const given = [name, modelName].find((value) => typeof value === "string");
  return (given as string | undefined) ?? model.getName();
}
