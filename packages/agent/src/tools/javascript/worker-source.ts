/**
 * Runs inside QuickJS before the program: `console`, timers, and how values are written for the model. It holds one
 * function of the host, which takes text; whatever a program does to these objects, it reaches nothing else.
 */
export const GUEST_SOURCE = String.raw`
(function (emit, now, limit) {
  const timers = [];
  let nextId = 1;
  const timer = (repeat) => (callback, delay, ...args) => {
    const every = Math.max(repeat ? 1 : 0, Number(delay) || 0);
    timers.push({ id: nextId, at: now() + every, every: repeat ? every : -1, callback, args });
    return nextId++;
  };
  const clear = (id) => {
    const index = timers.findIndex((one) => one.id === id);
    if (index >= 0) timers.splice(index, 1);
  };

  const quote = (text) => JSON.stringify(text.length > limit ? text.slice(0, limit) + "…" : text);
  const key = (name) =>
    typeof name === "symbol" ? "[" + String(name) + "]" : /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
  const format = (value, inside, budget, depth) => {
    if (typeof value === "string") return quote(value);
    if (typeof value === "bigint") return value + "n";
    if (typeof value === "function") return "[function " + (value.name || "anonymous") + "]";
    if (Object.is(value, -0)) return "-0";
    if (typeof value !== "object" || value === null) return String(value);
    if (inside.includes(value)) return "[circular]";
    if (depth > 6) return Array.isArray(value) ? "[…]" : "{…}";
    const within = [...inside, value];
    const next = (item) => format(item, within, budget, depth + 1);
    const list = (open, items, close, write) => {
      const parts = [];
      for (const item of items) {
        if (budget.left <= 0) {
          parts.push("…");
          break;
        }
        const text = write(item);
        budget.left -= text.length + 2;
        parts.push(text);
      }
      return parts.length === 0 ? open + close : open + " " + parts.join(", ") + " " + close;
    };
    if (value instanceof Error) return value.name + ": " + value.message;
    if (value instanceof Date) return Number.isNaN(+value) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return "[promise]";
    if (value instanceof Map)
      return "Map(" + value.size + ") " + list("{", value, "}", ([k, v]) => next(k) + " => " + next(v));
    if (value instanceof Set) return "Set(" + value.size + ") " + list("{", value, "}", next);
    if (Array.isArray(value)) return list("[", value, "]", next).replace(/^\[ /, "[").replace(/ \]$/, "]");
    const name = value.constructor && value.constructor.name;
    const prefix = name && name !== "Object" ? name + " " : "";
    if (ArrayBuffer.isView(value)) return prefix + list("[", value, "]", next);
    return prefix + list("{", Reflect.ownKeys(value), "}", (one) => key(one) + ": " + next(value[one]));
  };
  const write = (value) => format(value, [], { left: limit }, 0);
  const print = (...values) =>
    emit(values.map((value) => (typeof value === "string" ? value : write(value))).join(" "));

  globalThis.console = { log: print, info: print, warn: print, error: print, debug: print, table: print };
  globalThis.setTimeout = timer(false);
  globalThis.setInterval = timer(true);
  globalThis.clearTimeout = clear;
  globalThis.clearInterval = clear;

  const earliest = () => timers.reduce((first, one) => (first && first.at <= one.at ? first : one), undefined);
  return {
    write,
    describe: (error) =>
      error instanceof Error
        ? { name: String(error.name), message: String(error.message), stack: String(error.stack) }
        : { name: "", message: "threw " + write(error), stack: "" },
    nextTimer: () => (timers.length === 0 ? -1 : Math.max(0, earliest().at - now())),
    fireTimer: () => {
      const one = earliest();
      if (one.every < 0) clear(one.id);
      else one.at = now() + one.every;
      one.callback(...one.args);
    },
  };
})`;

/**
 * The worker thread: one program, in a WebAssembly instance of its own that is thrown away with the thread. Plain
 * JavaScript in a string, so that it starts alike from TypeScript sources, from `dist` and from a bundle.
 */
export const WORKER_SOURCE = `
const { parentPort, workerData } = require("node:worker_threads");
const { core, variant, wasmModule, guest, code, milliseconds, memoryBytes, outputCharacters } = workerData;
const { newQuickJSWASMModuleFromVariant, newVariant } = require(core);
const post = (message) => parentPort.postMessage(message);
const STACK_BYTES = 1024 * 1024;
const EVAL_ASYNC = 1 << 7; // top-level await

async function main() {
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(require(variant).default, { wasmModule }));
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(memoryBytes);
  runtime.setMaxStackSize(STACK_BYTES);
  let deadline = Date.now() + milliseconds;
  const isLate = () => Date.now() > deadline;
  runtime.setInterruptHandler(isLate);
  const context = runtime.newContext();

  let left = outputCharacters;
  let omitted = 0;
  const emit = (text) => {
    const kept = text.slice(0, Math.max(0, left));
    omitted += text.length - kept.length;
    if (left > 0) post({ type: "line", text: kept });
    left -= text.length + 1;
  };
  const take = (result) => {
    if (result.error) throw new GuestError(result.error);
    return result.value;
  };
  class GuestError { constructor(handle) { this.handle = handle; } }
  const call = (name, ...args) =>
    take(context.callFunction(context.getProp(tools, name), context.undefined, ...args));
  const emitHandle = context.newFunction("emit", (text) => emit(context.getString(text)));
  const nowHandle = context.newFunction("now", () => context.newNumber(Date.now()));
  const setUp = take(context.evalCode(guest, "console.js"));
  const tools = take(
    context.callFunction(setUp, context.undefined, emitHandle, nowHandle, context.newNumber(outputCharacters)),
  );

  const drainJobs = () => {
    while (runtime.hasPendingJob()) {
      if (isLate()) throw new Late();
      const result = runtime.executePendingJobs(100);
      if (result.error) throw new GuestError(result.error);
    }
  };
  class Late {}
  const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const runTimers = () => {
    for (;;) {
      drainJobs();
      const wait = context.getNumber(call("nextTimer"));
      if (wait < 0) return;
      if (Date.now() + wait > deadline) throw new Late();
      sleep(wait);
      call("fireTimer");
    }
  };
  const settle = (handle) => {
    runTimers();
    const state = context.getPromiseState(handle);
    if (state.type === "fulfilled") return state.notAPromise ? handle : settle(state.value);
    if (state.type === "rejected") throw new GuestError(state.error);
    throw new Unsettled();
  };
  class Unsettled {}

  const describe = (error) => {
    if (error instanceof Late) return { reason: "time" };
    if (error instanceof Unsettled) return { reason: "unsettled" };
    if (error instanceof RangeError) return { reason: "stack" };
    if (!(error instanceof GuestError)) return { reason: "memory" };
    // Room and time to say what happened.
    const wasLate = isLate();
    runtime.setMemoryLimit(memoryBytes + 16 * 1024 * 1024);
    deadline = Date.now() + 100;
    const text = (handle, name) => context.getString(context.getProp(handle, name)).slice(0, 2000);
    let details;
    try {
      const described = call("describe", error.handle);
      details = { name: text(described, "name"), message: text(described, "message"), stack: text(described, "stack") };
    } catch {
      details = { name: "", message: "threw something that cannot be shown", stack: "" };
    }
    if (wasLate && details.message === "interrupted") return { reason: "time" };
    if (details.message === "out of memory") return { reason: "memory" };
    if (details.message === "stack overflow" || details.message === "Maximum call stack size exceeded")
      return { reason: "stack" };
    return { reason: "thrown", ...details };
  };

  post({ type: "started" });
  let outcome;
  try {
    const program = take(context.evalCode(code, "script.js", EVAL_ASYNC));
    runTimers();
    const state = context.getPromiseState(program);
    if (state.type === "rejected") throw new GuestError(state.error);
    if (state.type === "pending") throw new Unsettled();
    const value = settle(context.getProp(state.value, "value"));
    const isUndefined = context.typeof(value) === "undefined";
    outcome = { type: "value", text: isUndefined ? null : context.getString(call("write", value)) };
  } catch (error) {
    outcome = { type: "error", ...describe(error) };
  }
  post({ ...outcome, omitted });
}
main();
`;
