import { makeError, type RequestContext } from "../request/provider-errors.ts";
import type { WireToolCall } from "./wire.ts";

/** A tool-call id for a provider that gives none. Unique in the process and beyond, as histories are stored. */
export function newToolCallId(): string {
  return `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

/** Gives every call of a plain reply an id and arguments. */
export function completeToolCalls(calls: readonly WireToolCall[]): WireToolCall[] {
  return calls.map((call) => ({
    ...call,
    id: call.id || newToolCallId(),
    type: "function",
    function: { ...call.function, arguments: call.function?.arguments || "{}" },
  }));
}

/**
 * Repairs the pieces of streamed tool calls: an index where none is sent, an own index for a second call that came
 * under the first one's, ids where they are missing, and id and name only once, since clients join repeated ones.
 */
export class ToolCallTracker {
  readonly #ids: string[] = [];
  readonly #indexOfWire = new Map<number, number>();
  /** Names and arguments so far, for estimating usage. */
  text = "";

  get count(): number {
    return this.#ids.length;
  }

  repair(pieces: readonly WireToolCall[]): WireToolCall[] {
    return pieces.map((piece) => {
      const args = piece.function?.arguments ?? "";
      this.text += (piece.function?.name ?? "") + args;
      const known = this.#indexFor(piece);
      if (known !== undefined) return { index: known, type: "function", function: { arguments: args } };
      const index = this.#ids.length;
      const id = piece.id || newToolCallId();
      this.#ids.push(id);
      this.#indexOfWire.set(piece.index ?? index, index);
      return { index, id, type: "function", function: { name: piece.function?.name ?? "", arguments: args } };
    });
  }

  /** The call that a piece continues; undefined when it begins one. */
  #indexFor(piece: WireToolCall): number | undefined {
    const last = this.#ids.length - 1;
    const index =
      piece.index === undefined || piece.index === null ? last : this.#indexOfWire.get(piece.index);
    if (index === undefined || index < 0) return undefined;
    const startsAnother = Boolean(piece.id) && piece.id !== this.#ids[index] && Boolean(piece.function?.name);
    const unmarkedStart = piece.index === undefined && !piece.id && Boolean(piece.function?.name);
    return startsAnother || unmarkedStart ? undefined : index;
  }
}

/** The error for tool calls in a reply that the token limit cut off: their arguments cannot be trusted. */
export function truncatedToolCallError(context: RequestContext) {
  const message = `${context.provider} (${context.model}) was cut off by the token limit in the middle of a tool call, so its arguments are incomplete and the tool was not called. Raise ZIXUE_MAX_TOKENS (maxTokens), or ask for less.`;
  return makeError("truncated-tool-call", message, {}, context);
}
