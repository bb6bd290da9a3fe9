import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll } from "vitest";
import { memoryStore, openStateStore } from "../src/index.ts";
import { describeApprovals } from "./approvals.contract.ts";
import { describeInterruptedRuns } from "./interrupted-runs.contract.ts";

const inMemory = () => {
  const store = memoryStore();
  return { store, reopen: async () => store };
};

describeApprovals("memoryStore", inMemory);
describeInterruptedRuns("memoryStore", inMemory);

let pglite: PGlite;
let schemas = 0;
beforeAll(async () => {
  pglite = await PGlite.create();
});
afterAll(async () => pglite.close());

const inPglite = () => {
  const schema = `approvals_${++schemas}`;
  let store = openStateStore({ client: pglite }, { schema });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = openStateStore({ client: pglite }, { schema });
      return store;
    },
  };
};

describeApprovals("PGlite", inPglite, { numRuns: 5 });
describeInterruptedRuns("PGlite", inPglite);
