import { AsyncLocalStorage } from "node:async_hooks";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { Budget } from "./limits.ts";

const budgets = new AsyncLocalStorage<Budget>();

/** The budget of the run whose tool is being run here, if any. */
export function enclosingBudget(): Budget | undefined {
  return budgets.getStore();
}

/**
 * Starts work of one run. LangGraph hands its configuration down through async context; an agent that is a tool of
 * another would become part of the outer graph and write into its stream and thread. So each run begins without it,
 * and only its budget is handed down.
 */
export function isolate<T>(budget: Budget, start: () => T): T {
  return AsyncLocalStorageProviderSingleton.getInstance().run(undefined, () => budgets.run(budget, start));
}
