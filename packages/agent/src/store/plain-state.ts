import type { BaseCheckpointSaver } from "@langchain/langgraph";

/** The channels of a thread's latest checkpoint as plain JSON, by checkpoint namespace; `""` is the graph's own. */
export async function plainState(
  checkpointer: BaseCheckpointSaver,
  threadId: string,
): Promise<Record<string, unknown>> {
  const state: Record<string, unknown> = {};
  for await (const { config, checkpoint } of checkpointer.list({ configurable: { thread_id: threadId } })) {
    const namespace = String(config.configurable?.checkpoint_ns ?? "");
    // Newest first.
    if (namespace in state) continue;
    const [type, bytes] = await checkpointer.serde.dumpsTyped(checkpoint.channel_values);
    state[namespace] = type === "json" ? (JSON.parse(new TextDecoder().decode(bytes)) as unknown) : null;
  }
  return state;
}
