import type { ModelPolicy, RunContext } from "./policy.ts";

/** Hides personal data from the model and in what it says; see `guards.pii`. Next to the model. */
export function protectPii({ pii, emit }: RunContext): ModelPolicy {
  if (!pii) return (turn, next) => next(turn);
  return async (turn, next) => {
    pii.begin();
    const reply = await next({ ...turn, system: pii.hide(turn.system), messages: pii.hideIn(turn.messages) });
    const { reasoning, text } = pii.end();
    if (reasoning !== "") emit({ type: "reasoning", delta: reasoning });
    if (text !== "") emit({ type: "text", delta: text });
    return pii.show(reply);
  };
}

/** The same context, for what streams the model's words: they are shown when they are settled. */
export function throughPii<T extends Pick<RunContext, "pii" | "emit">>(context: T): T {
  const { pii, emit } = context;
  if (!pii) return context;
  return {
    ...context,
    emit: (event) => {
      if (event.type !== "text" && event.type !== "reasoning") return emit(event);
      const delta = pii.push(event);
      if (delta !== "") emit({ ...event, delta });
    },
  };
}
