import { createHash } from "node:crypto";
import path from "node:path";
import { aroundEach, expect } from "vitest";
import { installFetch } from "./cassette/intercept-fetch.ts";
import { type CassetteOptions, withCassette } from "./cassette/with-cassette.ts";
import { type Budget, type ExpectedCitation, matchers } from "./matchers/matchers.ts";

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration must repeat vitest's own
  interface Matchers<T = any> {
    /** Some call has this name and these arguments; those not given may be anything. Await it on a stream. */
    toHaveCalledTool(name: string, args?: Readonly<Record<string, unknown>>): MatcherReturn<T>;
    /** Some citation is of this document, or has this quote. Await it on a stream. */
    toCite(expected: string | ExpectedCitation): MatcherReturn<T>;
    /** The answer was refused, for this reason if one is given. Await it on a stream. */
    toRefuse(reason?: string | RegExp): MatcherReturn<T>;
    /** No bound is exceeded. Await it on a stream. */
    toStayWithin(budget: Budget): MatcherReturn<T>;
  }
}

/** What an assertion gives: a promise where the run is still to be read. */
export type MatcherReturn<T> = T extends AsyncIterable<unknown> | PromiseLike<unknown>
  ? Promise<void>
  : // biome-ignore lint/suspicious/noConfusingVoidType: this is the return type of the matchers
    void;

// As early as possible: a client keeps the fetch that it finds when it is made.
installFetch();
expect.extend(matchers);

/**
 * Gives every test of a file (or of all files, when called in a setup file) a cassette of its own:
 * `__cassettes__/<test file>/<name of the test>.json` beside the test file, or in `folder`. A test that asks no
 * model has none. Tests may run concurrently.
 *
 * @example
 * import { useCassettes } from "@zixue/testkit/vitest";
 * useCassettes();
 * it("explains attention", async () => expect(await ask("什么是注意力？")).toMatch(/权重/));
 */
export function useCassettes(options: CassetteOptions = {}): void {
  aroundEach(async (runTest, { task }) => {
    const file = task.file.filepath;
    const folder = options.folder ?? path.join(path.dirname(file), "__cassettes__");
    const name = `${path.basename(file).replace(/(\.(test|spec))?\.[cm]?[jt]sx?$/, "")}/${nameOf(task)}`;
    const failed = new Error("The test failed; vitest has its errors.");
    const run = async () => {
      await runTest();
      if (task.result?.state === "fail" || (task.result?.errors?.length ?? 0) > 0) throw failed;
    };
    await withCassette(name, run, { ...options, folder }).catch((error: unknown) => {
      if (error !== failed) throw error;
    });
  });
}

interface NamedTask {
  readonly id: string;
  readonly name: string;
  readonly suite?: NamedTask | undefined;
}

const MAX_BYTES = 120;
const owners = new Map<string, string>();

/** A file name made of the names of a test and its suites, with a number where another test of the file has the same. */
function nameOf(task: NamedTask): string {
  const names: string[] = [];
  for (let at: NamedTask | undefined = task; at !== undefined; at = at.suite)
    if (at.name) names.unshift(at.name);
  const full = names.join(" ");
  let slug = full.replace(/[^\p{L}\p{N}_]+/gu, "-").replace(/^-|-$/g, "") || "test";
  if (Buffer.byteLength(slug) > MAX_BYTES) {
    const hash = createHash("sha256").update(full).digest("hex").slice(0, 8);
    while (Buffer.byteLength(slug) > MAX_BYTES) slug = Array.from(slug).slice(0, -1).join("");
    slug += `-${hash}`;
  }
  for (let n = 1; ; n++) {
    const name = n === 1 ? slug : `${slug}-${n}`;
    const key = `${task.id.split("_")[0]}/${name}`;
    if ((owners.get(key) ?? task.id) !== task.id) continue;
    owners.set(key, task.id);
    return name;
  }
}
