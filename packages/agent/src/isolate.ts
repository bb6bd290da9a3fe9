import { AsyncLocalStorage } from "node:async_hooks";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { RunContext } from "./policies/policy.ts";

const runs = new AsyncLocalStorage<RunContext>();

/** The run whose tool is being run here, if any. */
export function enclosingRun(): RunContext | undefined {
  return runs.getStore();
}

/** Runs a tool of a run, so that an agent inside it knows what it is a part of. */
export function inside<T>(context: RunContext, work: () => T): T {
  return runs.run(context, work);
}

/**
 * Starts work of one run. LangGraph hands its configuration down through async context; an agent that is a tool of
 * another would become part of the outer graph and write into its thread. So each run begins without it, and only what
 * `enclosingRun` gives is handed down.
 */
export function isolate<T>(context: RunContext, start: () => T): T {
  return AsyncLocalStorageProviderSingleton.getInstance().run(undefined, () => inside(context, start));
}
