import type { ModelPolicy, RunContext } from "./policy.ts";

/** Hides personal data from the model and in what it says; see `guards.pii`. Next to the model. */
export function protectPii({ pii, emit }: RunContext): ModelPolicy {
  if (!pii) return (turn, next) => next(turn);
  return async (turn, next) => {
    pii.begin();
    const reply = await next({ ...turn, system: pii.hide(turn.system), messages: pii.hideIn(turn.messages) });
    for (const type of ["reasoning", "text"] as const) {
      const delta = pii.end(type);
      if (delta !== "") emit({ type, delta });
    }
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
      // Thinking comes before what is said, its end too.
      const thought = event.type === "text" ? pii.end("reasoning") : "";
      if (thought !== "") emit({ type: "reasoning", delta: thought });
      const delta = pii.push(event);
      if (delta !== "") emit({ ...event, delta });
    },
  };
}
