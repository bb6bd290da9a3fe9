import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type AIMessage, AIMessageChunk, SystemMessage } from "@langchain/core/messages";
import type { StructuredToolInterface } from "@langchain/core/tools";
import { AgentError } from "./errors.ts";
import type { ModelWatcher, WatchedReply } from "./model-watcher.ts";
import type { ModelTurn, RunContext } from "./policies/policy.ts";

/** Thrown where a limit keeps a model from being called, or from going on. */
export class LimitReached extends Error {
  override readonly name = "LimitReached";
}

/**
 * Asks a model once and writes what it says into the run's stream as it comes. The model's own iterator is read here,
 * callbacks included: LangGraph's stream, and the readable stream that `stream` makes of the iterator, cost more for each
 * piece than reading the piece does.
 *
 * @throws LimitReached when the reply had to be cut off; the model's own error; the signal's reason
 */
export async function streamReply(
  { budget, emit, signal }: Pick<RunContext, "budget" | "emit" | "signal">,
  watcher: ModelWatcher,
  { model, system, messages }: ModelTurn,
  tools: readonly StructuredToolInterface[],
): Promise<WatchedReply> {
  const runId = crypto.randomUUID();
  const cut = new AbortController();
  const prompt = system === "" ? [...messages] : [new SystemMessage(system), ...messages];
  const options = { runId, signal: AbortSignal.any([signal, cut.signal]) };
  const bound = withTools(model, tools);
  watcher.expect(runId);
  try {
    // A cache answers whole calls only.
    const pieces = model.cache
      ? [await bound.invoke(prompt, options)]
      : bound._streamIterator(prompt, options);
    for await (const piece of pieces) {
      const { text, reasoning, args } = partsOf(piece);
      const mayGoOn = budget.addDelta(reasoning + text + args);
      if (reasoning !== "") emit({ type: "reasoning", delta: reasoning });
      if (text !== "") emit({ type: "text", delta: text });
      if (!mayGoOn) {
        cut.abort();
        throw new LimitReached("A limit was reached while the model was answering.");
      }
    }
    const reply = watcher.take(runId);
    if (!reply) throw new AgentError("model-failed", "The model ended without an answer.");
    return reply;
  } finally {
    watcher.take(runId);
  }
}

function withTools(
  model: BaseChatModel,
  tools: readonly StructuredToolInterface[],
): Pick<BaseChatModel, "_streamIterator" | "invoke"> {
  if (tools.length === 0) return model;
  if (typeof model.bindTools === "function") return model.bindTools([...tools]) as never;
  throw new AgentError(
    "invalid-definition",
    `The model "${model.getName()}" cannot call tools: it has no bindTools. Use a model that can, or leave out the tools.`,
  );
}

/** What a piece adds. A model that does not stream says everything in one. */
function partsOf(piece: AIMessage): { text: string; reasoning: string; args: string } {
  const { content } = piece;
  const reasoning = piece.additional_kwargs.reasoning_content;
  const chunks = piece instanceof AIMessageChunk ? piece.tool_call_chunks : undefined;
  return {
    text: typeof content === "string" ? content : piece.text,
    reasoning: typeof reasoning === "string" ? reasoning : "",
    args: chunks?.length ? chunks.map(({ args }) => args ?? "").join("") : "",
  };
}
