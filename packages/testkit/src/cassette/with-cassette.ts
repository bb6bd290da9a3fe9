import path from "node:path";
import { fileURLToPath } from "node:url";
import { TestkitError } from "../errors.ts";
import { readCassette } from "./cassette-file.ts";
import { runIntercepted } from "./intercept-fetch.ts";
import { type CassetteMode, resolveMode } from "./mode.ts";
import type { NormaliseOptions } from "./normalise-request.ts";
import { Tape } from "./tape.ts";

export interface CassetteOptions extends NormaliseOptions {
  /** Where cassettes are kept: a path, or a URL such as `new URL("./cassettes", import.meta.url)`. Default: `cassettes`. */
  readonly folder?: string | URL;
  /** Default: `replay`. The variable ZIXUE_CASSETTES wins over it, and CI over both. */
  readonly mode?: CassetteMode;
  /** Keep the recorded times between chunks when replaying. Default: false, as fast as they are read. */
  readonly realtime?: boolean;
  /** What to do about recordings that a passing test did not ask for. Default: "warn" on the console. */
  readonly unused?: "warn" | "fail" | "ignore";
  /** More values that must not be written down. */
  readonly secrets?: readonly string[];
  /** Which requests belong to the cassette; all others pass. Default: `isModelRequest`. */
  readonly intercept?: (url: URL, method: string) => boolean;
}

const MODEL_PATHS = [
  /\/(chat\/completions|embeddings|reranks?|text-rerank)$/,
  /\/v\d+\w*\/(completions|responses|messages|models(\/[^/:]+)?)$/,
  /\/api\/(chat|generate|embed|tags)$/,
  /:(generateContent|streamGenerateContent|embedContent|batchEmbedContents)$/,
];

const openFiles = new Set<string>();

/**
 * Runs a function whose requests to models are answered from a cassette: recorded once from the real host, then
 * replayed without a network. The cassette is `<folder>/<name>.json`.
 *
 * Requests are recognised by method, path and body, whatever host and key they go to. A request that is not recorded
 * is answered 400 and fails the whole call, with the difference to the nearest recording. Only `globalThis.fetch`
 * is recorded; `node:http` is not.
 *
 * @throws TestkitError "unrecorded-request", "escaped-request", "unused-recordings" (when asked for),
 * "invalid-cassette", "invalid-options"; and whatever `run` throws.
 * @example
 * const answer = await withCassette("explains-attention", () => ask("什么是注意力？"), {
 *   folder: new URL("./cassettes", import.meta.url),
 * });
 */
export async function withCassette<T>(
  name: string,
  run: () => T | Promise<T>,
  options: CassetteOptions = {},
): Promise<T> {
  const folder =
    options.folder instanceof URL ? fileURLToPath(options.folder) : (options.folder ?? "cassettes");
  const file = path.resolve(folder, `${checkName(name)}.json`);
  const mode = resolveMode(options.mode, process.env);
  if (openFiles.has(file)) {
    throw new TestkitError(
      "invalid-options",
      `The cassette "${name}" is open already; give each test its own name.`,
    );
  }
  openFiles.add(file);
  try {
    // A broken file is no reason not to record it anew.
    const recorded = mode === "refresh" ? undefined : await readCassette(file);
    const tape = new Tape(
      {
        ...options,
        name,
        file,
        mode,
        realtime: options.realtime ?? false,
        unused: options.unused ?? "warn",
        secrets: options.secrets ?? [],
        intercept: options.intercept ?? isModelRequest,
      },
      recorded,
    );
    let result: T;
    try {
      result = await runIntercepted(tape, run);
    } catch (error) {
      await tape.finish({ error });
      throw error;
    }
    await tape.finish(undefined);
    return result;
  } finally {
    openFiles.delete(file);
  }
}

/** Whether a request goes to a model: chat, completions, responses, embeddings, rerank and lists of models, as their paths tell. */
export function isModelRequest(url: URL): boolean {
  return MODEL_PATHS.some((form) => form.test(url.pathname));
}

function checkName(name: string): string {
  const parts = name.split("/");
  const isWrong = parts.some(
    (part) => part.trim() === "" || /^\.+$/.test(part) || /[\\:*?"<>|\u0000-\u001f]/.test(part),
  );
  if (!isWrong) return name;
  throw new TestkitError(
    "invalid-options",
    `${JSON.stringify(name)} cannot name a cassette: it becomes a file name. Use letters, digits, hyphens, and / for folders.`,
  );
}
