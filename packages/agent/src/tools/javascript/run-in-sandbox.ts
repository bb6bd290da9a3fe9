import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { GUEST_SOURCE, WORKER_SOURCE } from "./worker-source.ts";

export interface SandboxBounds {
  readonly milliseconds: number;
  readonly memoryBytes: number;
  readonly outputCharacters: number;
}

/** How a program ended. */
export type SandboxEnd =
  /** `text` is `null` for `undefined`. */
  | { readonly type: "value"; readonly text: string | null; readonly omitted: number }
  | {
      readonly type: "error";
      readonly reason: "thrown" | "time" | "memory" | "stack" | "unsettled" | "crashed";
      readonly name?: string;
      readonly message?: string;
      readonly stack?: string;
      readonly omitted: number;
    };

export interface SandboxRun {
  /** What the program printed, within the bound. */
  readonly lines: readonly string[];
  readonly end: SandboxEnd;
}

type WorkerMessage = { type: "started" } | { type: "line"; text: string } | SandboxEnd;

/**
 * Runs a program in QuickJS in a thread of its own. The interpreter stops itself at the deadline; where it cannot (a
 * long native operation asks for no interrupt), and when the signal aborts, the thread is ended from outside.
 *
 * Starting thread and interpreter takes some 60 ms, so nothing is reused and programs share no state.
 *
 * @throws the signal's reason when it aborts
 */
export async function runInSandbox(
  code: string,
  bounds: SandboxBounds,
  signal?: AbortSignal,
): Promise<SandboxRun> {
  const release = await takeSlot(signal);
  try {
    const { core, variant, wasmModule } = await loadQuickjs();
    signal?.throwIfAborted();
    const worker = new Worker(WORKER_SOURCE, {
      eval: true,
      workerData: { core, variant, wasmModule, guest: GUEST_SOURCE, code, ...bounds },
      // Neither the environment nor the flags of the parent; what the thread itself may use is bounded too.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 16 },
    });
    try {
      return await watch(worker, bounds, signal);
    } finally {
      await worker.terminate();
    }
  } finally {
    release();
  }
}

function watch(worker: Worker, bounds: SandboxBounds, signal: AbortSignal | undefined): Promise<SandboxRun> {
  const lines: string[] = [];
  return new Promise<SandboxRun>((resolve, reject) => {
    const fail = (reason: "time" | "memory" | "crashed", message?: string): void =>
      finish(() =>
        resolve({
          lines,
          end: { type: "error", reason, omitted: 0, ...(message !== undefined && { message }) },
        }),
      );
    let timer = setTimeout(() => fail("crashed", "the sandbox did not start"), START_MILLISECONDS);
    const onAbort = (): void => finish(() => reject(signal?.reason));
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    worker.on("message", (message: WorkerMessage) => {
      if (message.type === "line") lines.push(message.text);
      else if (message.type === "started") {
        clearTimeout(timer);
        timer = setTimeout(() => fail("time"), bounds.milliseconds + GRACE_MILLISECONDS);
      } else finish(() => resolve({ lines, end: message }));
    });
    worker.once("error", (error: Error & { code?: string }) =>
      error.code === "ERR_WORKER_OUT_OF_MEMORY" ? fail("memory") : fail("crashed", error.message),
    );
    worker.once("exit", () => fail("crashed", "its thread ended"));
  });
}

const START_MILLISECONDS = 10_000;
/** For an interpreter that is about to stop by itself, which keeps more of what was printed. */
const GRACE_MILLISECONDS = 300;

interface Quickjs {
  /** Paths of the packages; they are loaded in the worker only. */
  readonly core: string;
  readonly variant: string;
  readonly wasmModule: unknown;
}

let quickjs: Promise<Quickjs> | undefined;

/** Node has it; the types that this package is checked with do not. */
const { compile } = (
  globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<unknown> } }
).WebAssembly;

/** Compiled once; each thread makes an instance of its own. */
function loadQuickjs(): Promise<Quickjs> {
  quickjs ??= (async () => {
    const { resolve } = createRequire(import.meta.url);
    const wasm = await readFile(resolve("@jitl/quickjs-wasmfile-release-sync/wasm"));
    return {
      core: resolve("quickjs-emscripten-core"),
      variant: resolve("@jitl/quickjs-wasmfile-release-sync"),
      wasmModule: await compile(wasm),
    };
  })();
  quickjs.catch(() => {
    quickjs = undefined;
  });
  return quickjs;
}

/** A model may call the tool many times at once; more threads than this would only take memory. */
const AT_ONCE = 4;
let running = 0;
const waiting: (() => void)[] = [];

async function takeSlot(signal: AbortSignal | undefined): Promise<() => void> {
  signal?.throwIfAborted();
  if (running >= AT_ONCE) {
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      waiting.push(begin);
    });
  } else running++;
  return () => {
    const next = waiting.shift();
    // The slot passes on.
    if (next) next();
    else running--;
  };
}
