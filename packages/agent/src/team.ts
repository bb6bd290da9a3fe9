import type { RunnableConfig } from "@langchain/core/runnables";
import { DynamicStructuredTool, type StructuredToolInterface } from "@langchain/core/tools";
import { interrupt } from "@langchain/langgraph";
import { z } from "zod";
import type { Decision } from "./decisions.ts";
import type { AnyAgent, ReadyAgent } from "./define.ts";
import { AgentError } from "./errors.ts";
import type { AgentEvent, ApprovalRequest } from "./events.ts";
import { traitsOf } from "./guards/tool-traits.ts";
import { enclosingRun } from "./isolate.ts";
import type { Answer } from "./pause.ts";
import { readPause } from "./pause.ts";
import type { RunContext } from "./policies/policy.ts";
import { colleagueOf } from "./ready-agent.ts";
import { resumeAgent, runAgent } from "./run.ts";
import { placeOf } from "./start.ts";
import type { StateStore, ThreadStore } from "./store/state-store.ts";

export interface AsToolOptions {
  /** What it is good for; the model that may call it reads this. @default the agent's own description */
  readonly description?: string;
  /** @default the agent's name, in letters that tool names may have */
  readonly name?: string;
}

/**
 * Makes a tool of an agent. It is given a task in words and answers with the agent's last text, or its output as JSON. In
 * another agent's run it is a part of that run: its events come as `member` events, all it takes counts against the
 * lead's limits too (its own limits only end itself), an abort reaches it, and calls of its tools that need approval are
 * decided through the lead. It does not see the lead's conversation.
 *
 * @throws AgentError `invalid-definition` without any description
 *
 * @example
 * const lead = defineAgent({ name: "lead", model, tools: [asTool(researcher, { description: "Finds sources" })] });
 */
export function asTool(agent: AnyAgent, options: AsToolOptions = {}): StructuredToolInterface {
  const colleague = colleagueOf(agent);
  const description = options.description ?? colleague.description;
  if (description === undefined || description === "") {
    throw new AgentError(
      "invalid-definition",
      `asTool needs a description of what agent "${agent.name}" is good for.`,
    );
  }
  const name = options.name ?? (agent.name.replace(/[^\w-]+/g, "_").replace(/^_+|_+$/g, "") || "agent");
  const member = colleague.ready();
  const onlyReads = member.tools.every((tool) => traitsOf(tool).effect === "read");
  return new DynamicStructuredTool({
    name,
    description,
    schema: z.object({
      task: z.string().describe("The whole task; nothing else of the conversation is seen."),
    }),
    // Its own calls are judged, asked about and journaled one by one.
    metadata: { effect: onlyReads ? "read" : "change", idempotent: true },
    func: async ({ task }: { task: string }, _manager, config) =>
      runMember(colleague.ready(), task, config as MemberConfig | undefined),
  }) as StructuredToolInterface;
}

type MemberConfig = RunnableConfig & {
  readonly toolCallId?: string;
  readonly toolCall?: { readonly id?: string };
};

async function runMember(
  member: ReadyAgent,
  task: string,
  config: MemberConfig | undefined,
): Promise<string> {
  const lead = enclosingRun();
  const signal = config?.signal ? { signal: config.signal } : {};
  if (!lead) return answerOf(await follow(runAgent(member, task, signal)), member);
  const callId = config?.toolCallId ?? config?.toolCall?.id ?? crypto.randomUUID();
  const threadId = `${lead.threadId}/${callId}`;
  const store = quietStore(lead.agent.store);
  const own: ReadyAgent = { ...member, store };
  const options = { ...signal, language: lead.language, tie: "member" } as const;
  const pass = (event: AgentEvent) => lead.emit(asMemberEvent(lead, event));
  if (!lead.canPause) return answerOf(await follow(runAgent(own, task, options), pass), member);

  // The tool is called anew each time that the lead goes on; what the member waits for stands in its own thread.
  let asked: readonly ApprovalRequest[] = await pendingIn(own, threadId);
  let done: DoneEvent | undefined;
  if (asked.length === 0) {
    done = await follow(runAgent(own, task, { ...options, threadId }), pass);
    asked = await pendingIn(own, threadId);
  }
  while (asked.length > 0) {
    const decisions = Object.fromEntries(
      asked.map((request) => [request.id, decisionOn(request, member.name)]),
    );
    done = await follow(resumeAgent(own, threadId, decisions, options), pass);
    asked = await pendingIn(own, threadId);
  }
  await store.checkpointer.deleteThread(threadId);
  return answerOf(done, member);
}

type DoneEvent = Extract<AgentEvent, { type: "done" }>;

async function follow(
  events: AsyncIterable<AgentEvent>,
  pass: (event: AgentEvent) => void = () => {},
): Promise<DoneEvent | undefined> {
  let failure: string | undefined;
  for await (const event of events) {
    // The lead asks for it in its own name.
    if (event.type !== "approval-needed") pass(event);
    if (event.type === "error") failure = event.error.message;
    if (event.type !== "done") continue;
    if (event.status === "failed") throw new AgentError("model-failed", failure ?? "The agent failed.");
    return event;
  }
  return undefined;
}

/** Waits for a person. Answers to what was asked before, of calls that are done, come first and are passed over. */
function decisionOn(request: ApprovalRequest, agent: string): Decision {
  for (;;) {
    const answer = interrupt({ type: "approval", request: { ...request, agent } }) as Answer;
    if (answer.callId === request.id) return answer.decision;
  }
}

async function pendingIn({ store }: ReadyAgent, threadId: string): Promise<readonly ApprovalRequest[]> {
  return readPause(await store.checkpointer.getTuple(placeOf(threadId))).waiting.map(
    ({ request }) => request,
  );
}

function answerOf(done: DoneEvent | undefined, member: ReadyAgent): string {
  if (done?.status === "limited") return `${done.text}\n(It stopped at a limit before it was finished.)`;
  if (!done || member.output === undefined || done.output === undefined) return done?.text ?? "";
  return JSON.stringify(done.output);
}

function asMemberEvent(lead: RunContext, event: AgentEvent) {
  const [path, inner] = event.type === "member" ? [event.path, event.event] : [[event.agent], event];
  return { type: "member", path: [lead.agent.name, ...path], event: inner } as const;
}

/** The lead's store without its list of threads: what a member does is a part of the lead's thread. */
function quietStore(store: StateStore): StateStore {
  const threads: ThreadStore = {
    list: async () => [],
    get: async () => null,
    save: async (thread) => ({ userId: "", title: "", createdAt: "", updatedAt: "", ...thread }),
    append: async () => {},
    messages: async () => [],
    delete: (threadId) => store.checkpointer.deleteThread(threadId),
  };
  return {
    checkpointer: store.checkpointer,
    threads,
    memory: store.memory,
    journal: store.journal,
    traces: store.traces,
    claim: (threadId) => store.claim(threadId),
    compact: (threadId) => store.compact(threadId),
    prune: () => store.prune(),
    exportUser: (userId) => store.exportUser(userId),
    deleteUser: (userId) => store.deleteUser(userId),
    close: async () => {},
  };
}
