import type { StateStore } from "@zixue/agent";

/** Threads, notes, journal and traces of this process. */
export interface AppState {
  /** Opens the store at the first call; the database itself is opened by the first query. */
  store(): Promise<StateStore>;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/**
 * The state of an app: PostgreSQL where `DATABASE_URL` says so, else PGlite in `folder`, which one process at a time may
 * have. Nothing is loaded before it is used.
 *
 * @example
 * const state = openAppState(process.env, join(paths.dataFolder, "state"));
 * const store = await state.store();
 */
export function openAppState(env: Readonly<Record<string, string | undefined>>, folder: string): AppState {
  let opened: Promise<StateStore> | undefined;
  return {
    store() {
      opened ??= import("@zixue/agent").then(({ stateStoreFromEnv }) => stateStoreFromEnv(env, { folder }));
      return opened;
    },
    async close() {
      await (await opened)?.close();
    },
  };
}
