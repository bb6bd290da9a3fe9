import { isDeepStrictEqual } from "node:util";
import { type BaseCheckpointSaver, emptyCheckpoint } from "@langchain/langgraph-checkpoint";
import type { DecidedCall } from "./decisions.ts";
import type { AgentToolCall } from "./events.ts";

/** Calls that a person allowed for the rest of a thread. */
export interface Grant {
  readonly id: string;
  readonly tool: string;
  /** Values that a call must have; any call of the tool where absent. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** ISO 8601. */
  readonly grantedAt: string;
}

/** Does the grant cover the call as it would run? */
export function covers(grant: Grant, call: AgentToolCall): boolean {
  return (
    grant.tool === call.name &&
    Object.entries(grant.args ?? {}).every(
      ([name, value]) => Object.hasOwn(call.args, name) && isDeepStrictEqual(call.args[name], value),
    )
  );
}

export async function readGrants(
  checkpointer: BaseCheckpointSaver,
  threadId: string,
): Promise<readonly Grant[]> {
  const saved = await checkpointer.getTuple(placeOf(threadId));
  return (saved?.checkpoint.channel_values.grants as readonly Grant[] | undefined) ?? [];
}

/** Adds what these decisions allow for always. */
export async function addGrants(
  checkpointer: BaseCheckpointSaver,
  threadId: string,
  decided: readonly DecidedCall[],
): Promise<void> {
  const wanted = decided.flatMap(({ call: { request }, decision }): Omit<Grant, "id" | "grantedAt">[] => {
    if (decision.type !== "approve" || decision.always === undefined) return [];
    if (decision.always === true) return [{ tool: request.name }];
    const args = Object.fromEntries(decision.always.args.map((name) => [name, request.args[name]]));
    return [{ tool: request.name, args }];
  });
  if (wanted.length === 0) return;
  const kept = [...(await readGrants(checkpointer, threadId))];
  for (const { tool, args } of wanted) {
    if (kept.some((grant) => grant.tool === tool && isDeepStrictEqual(grant.args, args))) continue;
    const grantedAt = new Date().toISOString();
    kept.push({ id: crypto.randomUUID(), tool, ...(args && { args }), grantedAt });
  }
  await writeGrants(checkpointer, threadId, kept);
}

/** Takes back one grant, or all of a thread. False when there was none. */
export async function removeGrants(
  checkpointer: BaseCheckpointSaver,
  threadId: string,
  grantId: string | undefined,
): Promise<boolean> {
  const kept = await readGrants(checkpointer, threadId);
  const left = grantId === undefined ? [] : kept.filter(({ id }) => id !== grantId);
  if (left.length === kept.length) return false;
  await writeGrants(checkpointer, threadId, left);
  return true;
}

/**
 * Grants stand beside the thread's checkpoints, in a namespace of their own: in the graph's state they could not be taken
 * back while calls wait, since changing that state drops the calls.
 */
async function writeGrants(
  checkpointer: BaseCheckpointSaver,
  threadId: string,
  grants: readonly Grant[],
): Promise<void> {
  const version = crypto.randomUUID();
  const checkpoint = {
    ...emptyCheckpoint(),
    channel_values: { grants },
    channel_versions: { grants: version },
  };
  const metadata = { source: "update", step: 0, parents: {} } as const;
  await checkpointer.put(placeOf(threadId), checkpoint, metadata, { grants: version });
}

function placeOf(threadId: string) {
  return { configurable: { thread_id: threadId, checkpoint_ns: "grants" } };
}
