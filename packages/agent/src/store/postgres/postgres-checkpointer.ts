import type { RunnableConfig } from "@langchain/core/runnables";
import {
  BaseCheckpointSaver,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  copyCheckpoint,
  type PendingWrite,
  WRITES_IDX_MAP,
} from "@langchain/langgraph-checkpoint";
import { AgentError } from "../../errors.ts";
import type { Database, Row } from "./database.ts";
import { notDeleted } from "./postgres-claims.ts";
import type { Tables } from "./tables.ts";

type Saved = { readonly checkpoint: Checkpoint; readonly metadata: CheckpointMetadata };

/**
 * LangGraph's checkpoints in PostgreSQL. Each new one lets the oldest go in the same statement, so that a thread never
 * has more than `kept`. Channels that are rebuilt from older checkpoints (`DeltaChannel`) are not for this saver.
 */
export class PostgresCheckpointer extends BaseCheckpointSaver {
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #kept: number;

  constructor(database: Database, tables: Tables, kept: number) {
    super();
    this.#database = database;
    this.#tables = tables;
    this.#kept = kept;
  }

  async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { threadId, namespace, checkpointId } = keysOf(config);
    const [row] = await this.#database.query(
      `SELECT * FROM ${this.#tables.checkpoints} WHERE thread_id = $1 AND namespace = $2 AND ($3::text IS NULL OR id = $3)
       ORDER BY id DESC LIMIT 1`,
      [threadId, namespace, checkpointId],
    );
    return row && this.#tupleOf(row);
  }

  async *list(config: RunnableConfig, options: CheckpointListOptions = {}): AsyncGenerator<CheckpointTuple> {
    const { thread_id, checkpoint_ns, checkpoint_id } = config.configurable ?? {};
    const rows = await this.#database.query(
      `SELECT * FROM ${this.#tables.checkpoints}
       WHERE ($1::text IS NULL OR thread_id = $1) AND ($2::text IS NULL OR namespace = $2)
         AND ($3::text IS NULL OR id = $3) AND ($4::text IS NULL OR id < $4)
       ORDER BY id DESC`,
      [thread_id, checkpoint_ns, checkpoint_id, options.before?.configurable?.checkpoint_id].map(
        (value) => value ?? null,
      ),
    );
    const wanted = Object.entries(options.filter ?? {});
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for (const row of rows) {
      if (left <= 0) return;
      const tuple = await this.#tupleOf(row);
      const metadata = (tuple.metadata ?? {}) as Record<string, unknown>;
      if (!wanted.every(([key, value]) => metadata[key] === value)) continue;
      left--;
      yield tuple;
    }
  }

  async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
  ): Promise<RunnableConfig> {
    const { threadId, namespace, checkpointId } = keysOf(config);
    const [type, body] = await this.serde.dumpsTyped({ checkpoint: copyCheckpoint(checkpoint), metadata });
    const { checkpoints, checkpoint_writes } = this.#tables;
    await this.#database.query(
      `WITH saved AS (
         INSERT INTO ${checkpoints} (thread_id, namespace, id, parent_id, type, body)
         SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::bytea WHERE ${notDeleted(this.#tables)}
         ON CONFLICT (thread_id, namespace, id) DO UPDATE SET type = EXCLUDED.type, body = EXCLUDED.body
       ), outdated AS (
         SELECT id FROM ${checkpoints} WHERE thread_id = $1 AND namespace = $2 AND id < $3
         ORDER BY id DESC OFFSET $7 LIMIT 1
       ), dropped AS (
         DELETE FROM ${checkpoints} WHERE thread_id = $1 AND namespace = $2 AND id <= (SELECT id FROM outdated)
       )
       DELETE FROM ${checkpoint_writes}
       WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id <= (SELECT id FROM outdated)`,
      [threadId, namespace, checkpoint.id, checkpointId, type, body, this.#kept - 1],
    );
    return configOf(threadId, namespace, checkpoint.id);
  }

  async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = "",
  ): Promise<void> {
    const { threadId, namespace, checkpointId } = keysOf(config);
    const rows = await Promise.all(
      writes.map(async ([channel, value], index) => {
        const [type, body] = await this.serde.dumpsTyped(value);
        return { number: WRITES_IDX_MAP[channel] ?? index, channel, type, body };
      }),
    );
    if (rows.length === 0) return;
    const row = (at: number) =>
      `($${5 + 4 * at}::integer, $${6 + 4 * at}::text, $${7 + 4 * at}::text, $${8 + 4 * at}::bytea)`;
    // Special channels (an error, an interrupt) replace what they said before; a result stands once it is written.
    await this.#database.query(
      `INSERT INTO ${this.#tables.checkpoint_writes} AS old
         (thread_id, namespace, checkpoint_id, task_id, task_path, number, channel, type, body)
       SELECT $1::text, $2::text, $3::text, $4::text, $${5 + 4 * rows.length}::text, new.*
       FROM (VALUES ${rows.map((_, at) => row(at)).join(", ")}) AS new WHERE ${notDeleted(this.#tables)}
       ON CONFLICT (thread_id, namespace, checkpoint_id, task_id, number) DO UPDATE
         SET channel = EXCLUDED.channel, type = EXCLUDED.type, body = EXCLUDED.body WHERE old.number < 0`,
      [
        threadId,
        namespace,
        checkpointId,
        taskId,
        ...rows.flatMap(({ number, channel, type, body }) => [number, channel, type, body]),
        taskPath,
      ],
    );
  }

  async deleteThread(threadId: string): Promise<void> {
    const { checkpoints, checkpoint_writes } = this.#tables;
    await this.#database.query(
      `WITH dropped AS (DELETE FROM ${checkpoints} WHERE thread_id = $1) DELETE FROM ${checkpoint_writes} WHERE thread_id = $1`,
      [threadId],
    );
  }

  async #tupleOf(row: Row): Promise<CheckpointTuple> {
    const [threadId, namespace, id] = [row.thread_id, row.namespace, row.id].map(String) as [
      string,
      string,
      string,
    ];
    const writes = await this.#database.query(
      `SELECT task_id, channel, type, body FROM ${this.#tables.checkpoint_writes}
       WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id = $3 ORDER BY task_path, task_id, number`,
      [threadId, namespace, id],
    );
    const { checkpoint, metadata } = (await this.#load(row)) as Saved;
    return {
      config: configOf(threadId, namespace, id),
      checkpoint,
      metadata,
      ...(row.parent_id !== null && { parentConfig: configOf(threadId, namespace, String(row.parent_id)) }),
      pendingWrites: await Promise.all(
        writes.map(
          async (write) =>
            [String(write.task_id), String(write.channel), await this.#load(write)] as [
              string,
              string,
              unknown,
            ],
        ),
      ),
    };
  }

  #load({ type, body }: Row): Promise<unknown> {
    return this.serde.loadsTyped(String(type), body as Uint8Array);
  }
}

function keysOf({ configurable = {} }: RunnableConfig) {
  if (typeof configurable.thread_id !== "string")
    throw new AgentError(
      "invalid-input",
      'A checkpoint needs a thread: { configurable: { thread_id: "…" } }.',
    );
  return {
    threadId: configurable.thread_id,
    namespace: (configurable.checkpoint_ns as string | undefined) ?? "",
    checkpointId: (configurable.checkpoint_id as string | undefined) ?? null,
  };
}

function configOf(threadId: string, namespace: string, checkpointId: string): RunnableConfig {
  return { configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: checkpointId } };
}
