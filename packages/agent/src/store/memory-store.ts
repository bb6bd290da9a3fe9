import { type BaseCheckpointSaver, MemorySaver } from "@langchain/langgraph";
import { AgentError } from "../errors.ts";
import { keepLatestCheckpoints } from "./keep-latest-checkpoints.ts";
import { plainState } from "./plain-state.ts";
import { rankFacts } from "./rank-facts.ts";
import { checkRetention, daysAgo, type Retention } from "./retention.ts";
import type { ExportedThread, Fact, StateStore, Thread, ThreadMessage, TraceSpan } from "./state-store.ts";

export interface MemoryStoreOptions {
  /** Any LangGraph checkpointer; then threads go on in another process, while everything else stays in this one. */
  readonly checkpointer?: BaseCheckpointSaver;
  readonly retention?: Retention;
  /** Threads that are kept; beyond it the one in which nothing was said for longest leaves. @default 1000 */
  readonly threads?: number;
}

interface Kept {
  thread: Thread;
  messages: ThreadMessage[];
}

/** A store that lasts as long as the process. */
export function memoryStore(options: MemoryStoreOptions = {}): StateStore {
  const checkpointer = options.checkpointer ?? new MemorySaver();
  const retention = checkRetention(options.retention);
  const most = options.threads ?? 1_000;
  if (!(most >= 1))
    throw new AgentError("invalid-definition", `A memory store keeps one thread or more, not ${most}.`);
  /** By thread id, the one saved last at the end. */
  const kept = new Map<string, Kept>();
  /** By user id and then fact id, the one used last at the end. */
  const facts = new Map<string, Map<string, Fact>>();
  const calls = new Map<string, Map<string, string | null>>();
  const traces = new Map<string, { threadId: string; spans: TraceSpan[] }>();
  const claims = new Map<string, AbortController>();

  const find = (threadId: string, userId?: string): Kept | undefined => {
    const found = kept.get(threadId);
    return userId === undefined || found?.thread.userId === userId ? found : undefined;
  };
  const newestFirst = (userId: string) =>
    [...kept.values()].filter(({ thread }) => thread.userId === userId).reverse();
  const tracesOf = (threadId: string) => [...traces].filter(([, trace]) => trace.threadId === threadId);
  const deleteThread = async (threadId: string) => {
    const message = `The run lost thread "${threadId}": it was deleted.`;
    claims.get(threadId)?.abort(new AgentError("thread-lost", message, { details: { threadId } }));
    kept.delete(threadId);
    calls.delete(threadId);
    for (const [id] of tracesOf(threadId)) traces.delete(id);
    await checkpointer.deleteThread(threadId);
  };

  const threads: StateStore["threads"] = {
    list: async (userId, { limit = 50, before } = {}) =>
      newestFirst(userId)
        .map(({ thread }) => thread)
        .filter(({ updatedAt }) => before === undefined || updatedAt < before)
        .slice(0, limit),
    get: async (threadId, userId) => find(threadId, userId)?.thread ?? null,
    save: async ({ id, userId, title }) => {
      const old = kept.get(id);
      if (old && find(id, userId) === undefined)
        throw new AgentError("not-found", `There is no thread "${id}".`, { details: { threadId: id } });
      const now = new Date().toISOString();
      const thread: Thread = {
        id,
        userId: old?.thread.userId ?? userId ?? "",
        title: title ?? old?.thread.title ?? "",
        createdAt: old?.thread.createdAt ?? now,
        updatedAt: now,
      };
      kept.delete(id);
      kept.set(id, { thread, messages: old?.messages ?? [] });
      const surplus = [...kept.keys()].filter((threadId) => !claims.has(threadId));
      for (const threadId of surplus.slice(0, Math.max(0, kept.size - most)))
        if (threadId !== id) await deleteThread(threadId);
      return thread;
    },
    append: async (threadId, added) => {
      const thread = kept.get(threadId);
      if (!thread) return;
      const known = new Set(thread.messages.map(({ id }) => id));
      const createdAt = new Date().toISOString();
      for (const message of added) {
        if (known.has(message.id)) continue;
        known.add(message.id);
        thread.messages.push({ ...message, createdAt });
      }
    },
    messages: async (threadId, userId) => [...(find(threadId, userId)?.messages ?? [])],
    delete: async (threadId, userId) => {
      if (kept.has(threadId) && find(threadId, userId) === undefined) return;
      await deleteThread(threadId);
    },
  };

  const memory: StateStore["memory"] = {
    remember: async (userId, { text, source }) => {
      const known = facts.get(userId) ?? new Map<string, Fact>();
      facts.set(userId, known);
      const id = [...known.values()].find((fact) => fact.text === text)?.id ?? crypto.randomUUID();
      const fact = { id, text, source, createdAt: new Date().toISOString() };
      known.delete(id);
      known.set(id, fact);
      for (const unused of [...known.keys()].slice(0, Math.max(0, known.size - retention.facts)))
        known.delete(unused);
      return fact;
    },
    search: async (userId, query, limit = 5) => {
      const known = facts.get(userId) ?? new Map<string, Fact>();
      const found = rankFacts([...known.values()], query, limit);
      for (const fact of found) {
        known.delete(fact.id);
        known.set(fact.id, fact);
      }
      return found;
    },
    list: async (userId) =>
      [...(facts.get(userId)?.values() ?? [])].sort((a, b) => a.createdAt.localeCompare(b.createdAt)),
    forget: async (userId, factId) => facts.get(userId)?.delete(factId) ?? false,
  };

  return {
    checkpointer,
    threads,
    memory,
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
      list: async ({ threadId, userId, limit = 20 } = {}) =>
        [...traces]
          .filter(([, trace]) => threadId === undefined || trace.threadId === threadId)
          .filter(([, trace]) => userId === undefined || kept.get(trace.threadId)?.thread.userId === userId)
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
      if (claims.has(threadId)) return null;
      const lost = new AbortController();
      claims.set(threadId, lost);
      return {
        lost: lost.signal,
        release: async () => {
          if (claims.get(threadId) !== lost) return;
          claims.delete(threadId);
          // What the run still wrote while its thread was being deleted.
          if (lost.signal.aborted && !kept.has(threadId)) await deleteThread(threadId);
        },
      };
    },
    compact: async (threadId) => {
      if (checkpointer instanceof MemorySaver)
        keepLatestCheckpoints(checkpointer, threadId, retention.checkpoints);
      calls.delete(threadId);
    },
    prune: async () => {
      const idle = daysAgo(retention.idleThreadDays)?.toISOString() ?? "";
      const old = daysAgo(retention.traceDays)?.getTime() ?? 0;
      const outdated = [...traces].filter(([, { spans }]) => spans.every(({ startedAt }) => startedAt < old));
      for (const [id] of outdated) traces.delete(id);
      const left = [...kept].filter(([id, { thread }]) => thread.updatedAt < idle && !claims.has(id));
      for (const [id] of left) await deleteThread(id);
      return { threads: left.length, traces: outdated.length, checkpoints: 0 };
    },
    exportUser: async (userId) => {
      const exported: ExportedThread[] = [];
      for (const { thread, messages } of newestFirst(userId)) {
        exported.push({
          ...thread,
          messages,
          state: await plainState(checkpointer, thread.id),
          toolCalls: [...(calls.get(thread.id) ?? [])].map(([callId, result]) => ({ callId, result })),
          spans: tracesOf(thread.id)
            .flatMap(([, { spans }]) => spans)
            .sort((a, b) => a.startedAt - b.startedAt),
        });
      }
      return { userId, threads: exported, facts: await memory.list(userId) };
    },
    deleteUser: async (userId) => {
      for (const { thread } of newestFirst(userId)) await deleteThread(thread.id);
      facts.delete(userId);
    },
    close: async () => {},
  };
}

/** Oldest traces make room: a process that runs for months must not grow. */
const TRACES_KEPT = 200;
