/** Stands in for `vitest` in a page: its own runner and its own matchers, without a worker behind them. */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "vitest/page-expect";
import { startTests, type Task } from "vitest/page-runner";

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from "vitest/page-runner";

export interface TestOutcome {
  readonly file: string;
  /** Names of its groups and its own, joined by " > ". */
  readonly name: string;
  readonly state: string;
  readonly errors: readonly string[];
}

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT],
);
(globalThis as unknown as Record<symbol, unknown>)[GLOBAL_EXPECT] = expect;
Object.assign(expect, {
  getState: () => getState(expect),
  setState: (state: object) => setState(state, expect),
});
setState({ assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null }, expect);

/** Runs test files one after the other and gives back how each test ended. */
export async function runTestFiles(
  files: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<TestOutcome[]> {
  const config = {
    root: "/",
    setupFiles: [],
    passWithNoTests: false,
    allowOnly: false,
    sequence: { shuffle: false, concurrent: false, seed: 1, hooks: "stack", setupFiles: "list" },
    maxConcurrency: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    strictTags: false,
  };
  const finished = await startTests(
    Object.keys(files).map((name) => ({ filepath: `/${name}` })),
    { config, importFile: (path) => files[path.slice(1)]!() },
  );
  return finished.flatMap((file) => outcomes(file, file.filepath.slice(1), []));
}

function outcomes(task: Task, file: string, path: readonly string[]): TestOutcome[] {
  const errors = (task.result?.errors ?? []).map(({ message, stack }) => stack ?? message ?? "no message");
  const own = { file, name: path.join(" > "), errors };
  if (task.type === "test") return [{ ...own, state: task.result?.state ?? task.mode }];
  const broken = errors.length > 0 ? [{ ...own, name: `${own.name} (as a whole)`, state: "fail" }] : [];
  return [...broken, ...(task.tasks ?? []).flatMap((child) => outcomes(child, file, [...path, child.name]))];
}
