/** Parts of vitest that run in a page, under names that the page's bundle resolves to vitest's own copies. */
declare module "vitest/page-runner" {
  export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from "vitest";
  export interface Task {
    readonly type: "suite" | "test";
    readonly name: string;
    readonly mode: "run" | "skip" | "todo" | "only" | "queued";
    readonly result?: {
      readonly state: string;
      readonly errors?: readonly { readonly message?: string; readonly stack?: string }[];
    };
    readonly tasks?: readonly Task[];
  }
  export function startTests(
    files: readonly { readonly filepath: string }[],
    runner: {
      readonly config: Readonly<Record<string, unknown>>;
      importFile(path: string): Promise<unknown>;
    },
  ): Promise<(Task & { readonly filepath: string })[]>;
}

declare module "vitest/page-expect" {
  /** Chai, and what gives it vitest's matchers. */
  export const chai: {
    use(plugin: unknown): void;
    readonly expect: ((value: unknown, message?: string) => unknown) & object;
  };
  export const JestChaiExpect: unknown;
  export const JestExtend: unknown;
  export const JestAsymmetricMatchers: unknown;
  export const ASYMMETRIC_MATCHERS_OBJECT: unique symbol;
  export const GLOBAL_EXPECT: unique symbol;
  export function getState(expect: unknown): object;
  export function setState(state: object, expect: unknown): void;
}

/** The test files by name, each a module to load. */
declare module "vitest/page-tests" {
  export const tests: Readonly<Record<string, () => Promise<unknown>>>;
}

/** What `page.ts` puts into its page. */
declare function runTests(): Promise<import("./page-vitest.ts").TestOutcome[]>;
declare function searchFetched(lexiconUrl: string): Promise<import("./search-sample.ts").SampleSearch[]>;
