import type { MemorySaver } from "@langchain/langgraph";

/**
 * Drops all checkpoints of a thread but the latest ones; going on needs one. A `MemorySaver` keeps every one, with all
 * messages again at each step.
 */
export function keepLatestCheckpoints(saver: MemorySaver, threadId: string, kept: number): void {
  const namespaces = saver.storage[threadId] ?? {};
  for (const [namespace, checkpoints] of Object.entries(namespaces)) {
    // Checkpoint ids are version 6 UUIDs: they sort by time.
    const outdated = Object.keys(checkpoints).sort().slice(0, -kept);
    for (const id of outdated) {
      delete checkpoints[id];
      delete saver.writes[JSON.stringify([threadId, namespace, id])];
    }
  }
}
