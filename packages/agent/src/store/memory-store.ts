import { type BaseCheckpointSaver, MemorySaver } from "@langchain/langgraph";
import { AgentError } from "../errors.ts";
import { keepLatestCheckpoint } from "./keep-latest-checkpoint.ts";
import { rankFacts } from "./rank-facts.ts";
import type { Fact, StateStore, Thread, ThreadMessage, TraceSpan } from "./state-store.ts";

/**
 * A store that lasts as long as the process. Any LangGraph checkpointer can keep the checkpoints; then threads can be
 * continued in another process, while everything else stays here.
 */
export function memoryStore(options: { readonly checkpointer?: BaseCheckpointSaver } = {}): StateStore {
  const checkpointer = options.checkpointer ?? new MemorySaver();
  const threads = new Map<string, Thread>();
  const messages = new Map<string, ThreadMessage[]>();
  const facts = new Map<string, Fact[]>();
  const calls = new Map<string, Map<string, string | null>>();
  const traces = new Map<string, { threadId: string; spans: TraceSpan[] }>();
  const claimed = new Set<string>();

  const deleteThread = async (threadId: string) => {
    await checkpointer.deleteThread(threadId);
    for (const kept of [threads, messages, calls]) kept.delete(threadId);
    for (const [id, trace] of traces) if (trace.threadId === threadId) traces.delete(id);
  };
  const threadsOf = (userId: string) =>
    [...threads.values()]
      .filter((thread) => thread.userId === userId)
      .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));

  return {
    checkpointer,
    threads: {
      list: async (userId, { limit = 50, before } = {}) =>
        threadsOf(userId)
          .filter(({ updatedAt }) => before === undefined || updatedAt < before)
          .slice(0, limit),
      get: async (threadId) => threads.get(threadId) ?? null,
      save: async ({ id, userId, title }) => {
        const old = threads.get(id);
        if (old && userId !== undefined && old.userId !== userId)
          throw new AgentError("not-found", `There is no thread "${id}".`, { details: { threadId: id } });
        const now = new Date().toISOString();
        const thread: Thread = {
          id,
          userId: old?.userId ?? userId ?? "",
          title: title ?? old?.title ?? "",
          createdAt: old?.createdAt ?? now,
          updatedAt: now,
        };
        threads.set(id, thread);
        return thread;
      },
      append: async (threadId, added) => {
        const kept = messages.get(threadId) ?? [];
        const known = new Set(kept.map(({ id }) => id));
        const createdAt = new Date().toISOString();
        messages.set(threadId, [
          ...kept,
          ...added.filter(({ id }) => !known.has(id)).map((message) => ({ ...message, createdAt })),
        ]);
      },
      messages: async (threadId) => messages.get(threadId) ?? [],
      delete: deleteThread,
    },
    memory: {
      remember: async (userId, { text, source }) => {
        const others = (facts.get(userId) ?? []).filter((fact) => fact.text !== text);
        const fact = { id: crypto.randomUUID(), text, source, createdAt: new Date().toISOString() };
        facts.set(userId, [...others, fact]);
        return fact;
      },
      search: async (userId, query, limit = 5) => rankFacts(facts.get(userId) ?? [], query, limit),
      list: async (userId) => facts.get(userId) ?? [],
      forget: async (userId, factId) => {
        const kept = facts.get(userId) ?? [];
        const left = kept.filter(({ id }) => id !== factId);
        facts.set(userId, left);
        return left.length < kept.length;
      },
    },
    journal: {
      begin: async (threadId, callId) => {
        const journal = calls.get(threadId) ?? new Map<string, string | null>();
        calls.set(threadId, journal);
        const result = journal.get(callId);
        if (result === undefined) journal.set(callId, null);
        return result === undefined ? "new" : result === null ? "unfinished" : { result };
      },
      finish: async (threadId, callId, result) => {
        calls.get(threadId)?.set(callId, result);
      },
    },
    traces: {
      add: async (threadId, spans) => {
        for (const span of spans) {
          const trace = traces.get(span.traceId) ?? { threadId, spans: [] };
          trace.spans.push(span);
          traces.set(span.traceId, trace);
        }
        for (const id of [...traces.keys()].slice(0, Math.max(0, traces.size - TRACES_KEPT)))
          traces.delete(id);
      },
      get: async (traceId) =>
        [...(traces.get(traceId)?.spans ?? [])].sort((a, b) => a.startedAt - b.startedAt),
      list: async ({ threadId, limit = 20 } = {}) =>
        [...traces]
          .filter(([, trace]) => threadId === undefined || trace.threadId === threadId)
          .flatMap(([traceId, trace]) => {
            const root = trace.spans.find(({ parentId }) => parentId === null);
            return root
              ? [{ traceId, threadId: trace.threadId, name: root.name, startedAt: root.startedAt }]
              : [];
          })
          .sort((a, b) => b.startedAt - a.startedAt)
          .slice(0, limit),
    },
    claim: async (threadId) => {
      if (claimed.has(threadId)) return null;
      claimed.add(threadId);
      return {
        lost: new AbortController().signal,
        release: async () => {
          claimed.delete(threadId);
        },
      };
    },
    compact: async (threadId) => {
      if (checkpointer instanceof MemorySaver) keepLatestCheckpoint(checkpointer, threadId);
      calls.delete(threadId);
    },
    exportUser: async (userId) => ({
      userId,
      threads: threadsOf(userId).map((thread) => ({ ...thread, messages: messages.get(thread.id) ?? [] })),
      facts: facts.get(userId) ?? [],
    }),
    deleteUser: async (userId) => {
      for (const { id } of threadsOf(userId)) await deleteThread(id);
      facts.delete(userId);
    },
    close: async () => {},
  };
}

/** Oldest traces make room: a process that runs for months must not grow. */
const TRACES_KEPT = 200;
