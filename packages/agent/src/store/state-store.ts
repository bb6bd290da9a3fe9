import type { BaseCheckpointSaver } from "@langchain/langgraph";

/**
 * Everything an agent keeps: threads with their messages and checkpoints, what it remembers of a user, which tools ran,
 * and traces. Implementations: `memoryStore` (this process), and `openStateStore` (a PGlite folder, or PostgreSQL). One
 * contract test is run against each.
 */
export interface StateStore {
  /** LangGraph's own state of each thread. */
  readonly checkpointer: BaseCheckpointSaver;
  readonly threads: ThreadStore;
  readonly memory: MemoryStore;
  readonly journal: ToolJournal;
  readonly traces: TraceStore;
  /**
   * Takes a thread for one run, in any process; `null` while another run has it. A process that dies loses its claim
   * after at most `CLAIM_SECONDS`.
   */
  claim(threadId: string): Promise<Claim | null>;
  /**
   * Drops what a thread that waits for nothing needs no more: all checkpoints but the latest, and its journal. Its
   * messages stay.
   */
  compact(threadId: string): Promise<void>;
  /**
   * Drops what the store's `Retention` says is too old. A store does so by itself now and then; call it to have it done
   * now.
   */
  prune(): Promise<Pruned>;
  /** All that is kept of a user, as plain data. */
  exportUser(userId: string): Promise<UserExport>;
  /** Deletes all that is kept of a user. Runs on that user's threads are stopped; what they still write is dropped. */
  deleteUser(userId: string): Promise<void>;
  close(): Promise<void>;
}

export interface Claim {
  /**
   * Aborted when the claim was lost, with an `AgentError` `thread-lost` as the reason: the thread was deleted, or the
   * run was taken for dead and another has the thread, or the database cannot be reached any more.
   */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface Thread {
  readonly id: string;
  /** Whose it is; `""` where an app has one user. */
  readonly userId: string;
  readonly title: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One message as people read it; what the model reads stands in the checkpoints. */
export interface ThreadMessage {
  readonly id: string;
  readonly role: "user" | "assistant" | "tool";
  readonly content: string;
  /** Citations, tool calls, whatever the app wants to show again. Plain JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

/** Where a `userId` may be given, another user's thread is as if it were not there. */
export interface ThreadStore {
  /** Newest first; `before` is the `updatedAt` of the last of the page before. */
  list(
    userId: string,
    page?: { readonly limit?: number; readonly before?: string },
  ): Promise<readonly Thread[]>;
  get(threadId: string, userId?: string): Promise<Thread | null>;
  /** Creates the thread or changes what is given. Another user's thread is refused: `not-found`. */
  save(thread: { readonly id: string; readonly userId?: string; readonly title?: string }): Promise<Thread>;
  /**
   * Adds messages at the end; one whose id is there already is left as it is. A thread that is not there stays so and
   * takes none, since it may have been deleted while a run still spoke: `save` it first.
   */
  append(threadId: string, messages: readonly Omit<ThreadMessage, "createdAt">[]): Promise<void>;
  messages(threadId: string, userId?: string): Promise<readonly ThreadMessage[]>;
  /** Deletes a thread with its messages, checkpoints, journal and traces; a run on it is stopped. */
  delete(threadId: string, userId?: string): Promise<void>;
}

/** Something to remember of a user beyond one thread. */
export interface Fact {
  readonly id: string;
  readonly text: string;
  /** Where it was said. */
  readonly source: { readonly threadId?: string; readonly note?: string };
  readonly createdAt: string;
}

export interface MemoryStore {
  /**
   * The same text again renews the old fact. Beyond `Retention.facts` of a user, that leaves which was neither
   * remembered nor found for the longest time.
   */
  remember(userId: string, fact: Pick<Fact, "text" | "source">): Promise<Fact>;
  /** Best match first, by words (Chinese by character pairs); no model is needed. */
  search(userId: string, query: string, limit?: number): Promise<readonly Fact[]>;
  list(userId: string): Promise<readonly Fact[]>;
  /** False when there is no such fact. */
  forget(userId: string, factId: string): Promise<boolean>;
}

/** Which tool calls began and ended, so that after a crash none is silently run twice. */
export interface ToolJournal {
  /**
   * Notes that a call begins. `"new"`: go on. `"unfinished"`: it began before and nobody knows whether it took effect.
   * Otherwise it ended before, and here is the result.
   */
  begin(threadId: string, callId: string, tool: string): Promise<"new" | "unfinished" | { result: string }>;
  /** `result` is the tool message as JSON. */
  finish(threadId: string, callId: string, result: string): Promise<void>;
}

/** One step of a run as it is kept: a span by the OpenTelemetry GenAI conventions. */
export interface TraceSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: "ok" | "error";
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

export interface TraceStore {
  add(threadId: string, spans: readonly TraceSpan[]): Promise<void>;
  /** Spans in order of start; `[]` for an unknown trace. */
  get(traceId: string): Promise<readonly TraceSpan[]>;
  /** Newest first. */
  list(filter?: { readonly threadId?: string; readonly userId?: string; readonly limit?: number }): Promise<
    readonly {
      readonly traceId: string;
      readonly threadId: string;
      readonly name: string;
      readonly startedAt: number;
    }[]
  >;
}

export interface UserExport {
  readonly userId: string;
  readonly threads: readonly ExportedThread[];
  readonly facts: readonly Fact[];
}

export interface ExportedThread extends Thread {
  readonly messages: readonly ThreadMessage[];
  /** What a run goes on from: the channels of the latest checkpoint by namespace, as plain JSON. */
  readonly state: Readonly<Record<string, unknown>>;
  /** The journal: `result` is `null` for a call that did not end. */
  readonly toolCalls: readonly { readonly callId: string; readonly result: string | null }[];
  readonly spans: readonly TraceSpan[];
}

/** How many of each were dropped. */
export interface Pruned {
  readonly threads: number;
  readonly traces: number;
  readonly checkpoints: number;
}

/** Seconds after which the claim of a process that died is free again. */
export const CLAIM_SECONDS = 30;
