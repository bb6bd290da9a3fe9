/** Text and reasoning of what a model has written, apart. */
export interface SplitReply {
  readonly text: string;
  readonly reasoning: string;
}

const OPEN = "<think>";
const CLOSE = "</think>";

/**
 * Takes `<think>…</think>` out of the beginning of a streamed reply, wherever the stream is cut: some servers send a
 * model's thinking as part of its text. Only the beginning counts, so that an answer may speak of the tag. Thinking that
 * is never closed stays thinking.
 */
export class ThinkTags {
  #state: "start" | "thinking" | "behind" | "text" = "start";
  #held = "";

  push(delta: string): SplitReply {
    if (this.#state === "text") return { text: delta, reasoning: "" };
    if (this.#state === "behind") return { text: this.#behind(delta), reasoning: "" };
    this.#held += delta;
    if (this.#state === "start") {
      const opening = this.#held.trimStart();
      if (opening.length < OPEN.length && OPEN.startsWith(opening)) return { text: "", reasoning: "" };
      if (!opening.startsWith(OPEN)) return { text: this.#release("text"), reasoning: "" };
      this.#held = opening.slice(OPEN.length);
      this.#state = "thinking";
    }
    const end = this.#held.indexOf(CLOSE);
    if (end >= 0) {
      const reasoning = this.#held.slice(0, end);
      const rest = this.#held.slice(end + CLOSE.length);
      this.#release("behind");
      return { text: this.#behind(rest), reasoning };
    }
    // Half a closing tag waits for its other half.
    let keep = 0;
    for (let length = 1; length < CLOSE.length; length++)
      if (this.#held.endsWith(CLOSE.slice(0, length))) keep = length;
    const reasoning = this.#held.slice(0, this.#held.length - keep);
    this.#held = this.#held.slice(this.#held.length - keep);
    return { text: "", reasoning };
  }

  /** What was held back when the stream has ended. */
  end(): SplitReply {
    const thinking = this.#state === "thinking";
    const rest = this.#release("text");
    return thinking ? { text: "", reasoning: rest } : { text: rest, reasoning: "" };
  }

  /** The blank lines between thinking and answer belong to neither. */
  #behind(delta: string): string {
    const text = delta.trimStart();
    if (text !== "") this.#state = "text";
    return text;
  }

  #release(state: "behind" | "text"): string {
    const held = this.#held;
    this.#held = "";
    this.#state = state;
    return held;
  }
}
