import type { HistoryMessage } from "@zixue/rag";

/** Recent turns of conversations, in memory. */
export interface Threads {
  /** Turns so far, oldest first; `[]` for a thread that is not known (any more). */
  recall(threadId: string): readonly HistoryMessage[];
  /** Adds a turn and forgets what is over the limits. */
  remember(threadId: string, question: string, answer: string): void;
}

export interface ThreadLimits {
  /** Threads kept; the one that was used longest ago goes first. Default 1,000. */
  readonly threads?: number;
  /** Turns kept of a thread. Default 8. */
  readonly turns?: number;
  /** Characters kept of an answer: a follow-up needs its subject, not all of it. Default 2,000. */
  readonly answerLength?: number;
}

/** Keeps threads in memory: bounded, and gone with the process. */
export function createThreads(limits: ThreadLimits = {}): Threads {
  const { threads = 1000, turns = 8, answerLength = 2000 } = limits;
  // A Map keeps insertion order, so its first key is the one used longest ago.
  const kept = new Map<string, readonly HistoryMessage[]>();
  return {
    recall(threadId) {
      const history = kept.get(threadId);
      if (history === undefined) return [];
      kept.delete(threadId);
      kept.set(threadId, history);
      return history;
    },
    remember(threadId, question, answer) {
      const turn: HistoryMessage[] = [
        { role: "user", content: question },
        { role: "assistant", content: answer.slice(0, answerLength) },
      ];
      const history = [...(kept.get(threadId) ?? []), ...turn].slice(-2 * turns);
      kept.delete(threadId);
      kept.set(threadId, history);
      const oldest = kept.keys().next().value;
      if (kept.size > threads && oldest !== undefined) kept.delete(oldest);
    },
  };
}
