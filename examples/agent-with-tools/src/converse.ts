import type { Agent, AgentEvent, AgentToolCall, Decisions } from "@zixue/agent";

export interface ConverseOptions {
  readonly threadId: string;
  readonly signal: AbortSignal;
  /** Asks a person about calls that wait. Undefined leaves them waiting and ends the turn. */
  readonly decide: (calls: readonly AgentToolCall[]) => Promise<Decisions | undefined>;
}

/** One turn: runs the agent, and resumes it with a person's decisions for as long as it pauses for approval. */
export async function* converse(
  agent: Agent,
  input: string,
  { threadId, signal, decide }: ConverseOptions,
): AsyncGenerator<AgentEvent> {
  let events = agent.run(input, { threadId, signal });
  for (;;) {
    let waiting: readonly AgentToolCall[] = [];
    for await (const event of events) {
      yield event;
      if (event.type === "approval-needed") waiting = event.calls;
    }
    const decisions = waiting.length > 0 ? await decide(waiting) : undefined;
    if (decisions === undefined) return;
    events = agent.resume(threadId, decisions, { signal });
  }
}
