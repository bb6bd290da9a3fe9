import { ToolMessage } from "@langchain/core/messages";
import type { AgentToolCall } from "../events.ts";
import { traitsOf } from "../guards/tool-traits.ts";
import type { RunContext, ToolPolicy } from "./policy.ts";
import { refused, withText } from "./tool-message.ts";

/** The same call with the same result this often, or two calls in turn this often, is a loop. */
export const LOOP_ROUNDS = 3;

/**
 * Tells a model that goes round in circles, in the result it reads, and ends the run when it goes on. Tools whose
 * `metadata` say `repeatable: true` are not watched.
 */
export function stopLoops({ agent, budget }: RunContext): ToolPolicy {
  if (!agent.guards.loops) return (run, next) => next(run);
  const repeatable = new Set(
    agent.tools.filter((tool) => traitsOf(tool).repeatable === true).map(({ name }) => name),
  );
  const watch = new LoopWatch();
  return async (run, next) => {
    const { call } = run;
    if (repeatable.has(call.name)) return next(run);
    const key = keyOf(call);
    if (watch.mustStop(key)) {
      budget.reach("loop");
      return refused(call, "Error: not run, because this was tried again and again; the run ends here.");
    }
    const outcome = await next(run);
    if (!ToolMessage.isInstance(outcome.result)) return outcome;
    const told = watch.add(key, outcome.result.text);
    return told === undefined ? outcome : withText(outcome, (text) => `${text}\n${told}`);
  };
}

/** What was called in a run and what came of it. */
class LoopWatch {
  readonly #results = new Map<string, { result: string; times: number }>();
  /** Loops that the model was told of, with the number of different calls at that time. */
  readonly #told = new Map<string, number>();
  #recent: string[] = [];

  /** Was the model told of this loop, and has tried nothing new since? */
  mustStop(key: string): boolean {
    const isOld = (loop: string | undefined) =>
      loop !== undefined && this.#told.get(loop) === this.#results.size;
    return isOld(key) || isOld(pairInTurn([...this.#recent, key]));
  }

  /** Notes a call and its result; the text for the model when it should be told. */
  add(key: string, text: string): string | undefined {
    // Fences have an id of their own each time.
    const result = text.replace(/\b[0-9a-f]{32}\b/g, "");
    const last = this.#results.get(key);
    const times = last?.result === result ? last.times + 1 : 1;
    this.#results.set(key, { result, times });
    this.#recent = [...this.#recent, key].slice(-2 * LOOP_ROUNDS);
    if (times < LOOP_ROUNDS) this.#told.delete(key);
    else {
      this.#told.set(key, this.#results.size);
      return `Note: this same call has given this same result ${times} times. Calling it again changes nothing and ends the run. Try something else, or answer with what there is.`;
    }
    const pair = pairInTurn(this.#recent);
    if (pair === undefined) return undefined;
    this.#told.set(pair, this.#results.size);
    // Counted anew, so that the model has as many rounds again to find out.
    this.#recent = [];
    return `Note: the last ${2 * LOOP_ROUNDS} calls were the same two in turn. Going on like this ends the run. Try something else, or answer with what there is.`;
  }
}

/** The two different calls that the sequence ends with, each `LOOP_ROUNDS` times in turn. */
function pairInTurn(sequence: readonly string[]): string | undefined {
  const end = sequence.slice(-2 * LOOP_ROUNDS);
  const isLoop =
    end.length === 2 * LOOP_ROUNDS && end[0] !== end[1] && end.every((key, i) => key === end[i % 2]);
  return isLoop ? end.slice(0, 2).sort().join("\n") : undefined;
}

/** The same for equal arguments, in whatever order they come. */
function keyOf({ name, args }: AgentToolCall): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]);
  };
  return `${name} ${JSON.stringify(sorted(args))}`;
}
