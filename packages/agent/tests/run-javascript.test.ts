import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AgentError, runJavaScript } from "../src/index.ts";

const run = async (code: string, options: Parameters<typeof runJavaScript>[0] = {}): Promise<string> =>
  runJavaScript(options).invoke({ code });
const fail = async (code: string, options: Parameters<typeof runJavaScript>[0] = {}): Promise<string> => {
  const error = await run(code, options).then(
    (shown) => expect.fail(`it ended with ${shown}`),
    (reason: AgentError) => reason,
  );
  expect(error).toMatchObject({ name: "AgentError", code: "javascript-failed" });
  return error.message;
};

describe("run_javascript", () => {
  it.each<[string, string, string]>([
    ["the value of the last expression", "const a = 20; a * 2 + 2", "=> 42"],
    [
      "what is printed, then the value",
      'console.log("和", [1, { a: "x" }]); 1n << 70n',
      '和 [1, { a: "x" }]\n=> 1180591620717411303424n',
    ],
    [
      "maps, sets, dates, errors",
      "[new Map([[1, new Set([2])]]), new Date(0), new Error('no'), -0]",
      "=> [Map(1) { 1 => Set(1) { 2 } }, 1970-01-01T00:00:00.000Z, Error: no, -0]",
    ],
    ["objects that hold themselves", "const a = { b: 1 }; a.a = a; a", "=> { b: 1, a: [circular] }"],
    ["strings with their quotes and astral characters", "'𠮷\\n👍'", '=> "𠮷\\n👍"'],
    ["top-level await", "const x = await Promise.resolve(41); x + 1", "=> 42"],
    [
      "a promise as last expression",
      "async function main() { await null; return { done: true }; } main()",
      "=> { done: true }",
    ],
    [
      "timers in their order",
      "setTimeout(() => console.log('b'), 30); setTimeout(() => console.log('a'), 5); await new Promise((r) => setTimeout(r, 10)); 'c'",
      'a\nb\n=> "c"',
    ],
    [
      "an interval that is cleared",
      "let n = 0; await new Promise((r) => { const i = setInterval(() => { if (++n === 3) { clearInterval(i); r(); } }, 1); }); n",
      "=> 3",
    ],
    [
      "classes with their name",
      "class P { constructor() { this.x = 1; } } [new P(), new Uint8Array(2)]",
      "=> [P { x: 1 }, Uint8Array [ 0, 0 ]]",
    ],
  ])("shows %s", async (_what, code, shown) => {
    expect(await run(code)).toBe(shown);
  });

  it("says so when there is nothing to show", async () => {
    expect(await run("const a = 1;")).toMatch(/without output/);
  });

  it("names the line of a syntax error and of a thrown error", async () => {
    expect(await fail("const a = 1;\nconst b = ;")).toMatch(/SyntaxError: .*\(line 2\)/);
    expect(await fail("const f = () => {\n  throw new TypeError('坏了');\n};\nf();")).toBe(
      "TypeError: 坏了 (line 2)",
    );
    expect(await fail("console.log('before');\nnull.x")).toMatch(
      /TypeError.*\(line 2\)\nPrinted before that:\nbefore/s,
    );
    expect(await fail("await Promise.reject('text')")).toMatch(/threw "text"/);
    expect(await fail("async function main() { throw new RangeError('late'); } main()")).toMatch(
      /RangeError: late/,
    );
    expect(await fail("const x = 1;\nreturn x;")).toMatch(/last expression instead of returning/);
  });

  it.each<[string, string]>([
    ["a loop", "while (true) {}"],
    ["a loop of promises", "const f = () => Promise.resolve().then(f); await f()"],
    ["a regular expression", "/(a+)+$/.test('a'.repeat(60) + 'b')"],
    ["a native operation that takes no interrupt", "new Array(1e9) + ''"],
    ["a timer that is due too late", "await new Promise((resolve) => setTimeout(resolve, 1e6))"],
    ["a getter of the value shown", "({ get x() { for (;;); } })"],
    ["an interval that never ends", "setInterval(() => {}, 1)"],
    ["a loop that catches everything", "for (;;) { try { for (;;); } catch {} }"],
  ])("stops %s at the deadline, and keeps what was printed", async (_what, code) => {
    const started = performance.now();
    expect(await fail(`console.log("begun");\n${code}`, { milliseconds: 200 })).toBe(
      "The program was stopped after 200 ms. Do less work, or check for a loop that never ends.\nPrinted before that:\nbegun",
    );
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it.each<[string, string]>([
    ["objects", "const a = []; for (;;) a.push({ k: 'v' });"],
    ["a string", "'x'.repeat(1e9)"],
    ["a string that doubles", "let s = 'x'; for (;;) s += s;"],
    ["objects after an await", "await 0; const a = []; for (;;) a.push({ k: 'v' });"],
    ["a typed array", "new Uint8Array(2e9)"],
    [
      "what a loop catches and goes on with",
      "const a = []; for (let i = 0; i < 3; i++) { try { for (;;) a.push([1, 2, 3]); } catch {} } throw new Error('out of memory')",
    ],
  ])("bounds the memory that %s take", async (_what, code) => {
    expect(await fail(code, { memoryBytes: 8 * 1024 * 1024, milliseconds: 20_000 })).toMatch(
      /more than 8 MB of memory|invalid array buffer length|string too long/i,
    );
  });

  it("ends deep recursion and goes on after one that was caught", async () => {
    expect(await fail("const f = () => f() + 1; f()")).toMatch(/recursed too deeply/);
    expect(await fail("await 0; const f = () => f() + 1; f()")).toMatch(/recursed too deeply/);
    expect(await fail("const o = { toString() { return '' + o; } }; String(o)")).toMatch(
      /recursed too deeply/,
    );
    expect(await run("const f = () => f() + 1; try { f(); } catch { 'caught'; }")).toBe('=> "caught"');
    expect(await run("let d = 0; const f = (n) => n === 0 ? 0 : 1 + f(n - 1); f(2000)")).toBe("=> 2000");
  });

  it("says that a promise can never settle", async () => {
    expect(await fail("await new Promise(() => {})")).toMatch(/nothing can settle/);
    expect(await fail("new Promise(() => {})")).toMatch(/nothing can settle/);
  });

  it("has nothing of the host", async () => {
    const names =
      "require process fetch module global Buffer window document self std os WebAssembly XMLHttpRequest Worker import_meta Deno Bun";
    expect(await run(`"${names}".split(" ").filter((name) => typeof globalThis[name] !== "undefined")`)).toBe(
      "=> []",
    );
    expect(await fail("require('fs')")).toMatch(/has no require: only the language itself/);
    expect(await fail("await import('node:fs')")).not.toMatch(/Printed/);
    expect(await fail("import fs from 'fs'; fs")).toMatch(/SyntaxError/);
  });

  it.each([
    "console.log.constructor('return typeof process')()",
    "console.log.constructor('return typeof require')()",
    "(async () => {}).constructor('return typeof process')()",
    "setTimeout.constructor('return this')().process === undefined ? 'undefined' : 'host'",
    "({}).__proto__.process === undefined ? 'undefined' : 'host'",
    "Reflect.getPrototypeOf(console.log).constructor('return typeof process')()",
    "try { null.x } catch (e) { e.constructor.constructor('return typeof process')() }",
    "let seen; Error.prepareStackTrace = (e, s) => { seen = s; return ''; }; new Error().stack; seen && seen.length ? typeof seen[0].getThis : 'undefined'",
  ])("finds no way out by %s", async (code) => {
    expect(await run(code)).toBe('=> "undefined"');
  });

  it("survives a program that breaks the built-in objects", async () => {
    const breaks =
      "Array.prototype.map = Array.prototype[Symbol.iterator] = JSON.stringify = Reflect.ownKeys = () => { throw 1; }; Object.defineProperty(Object.prototype, 'type', { value: 'error' }); Promise.prototype.then = null;";
    const shown = await run(`${breaks} ({ a: 1 })`).catch((error: Error) => error.message);
    expect(typeof shown).toBe("string");
    expect(await run("globalThis.Promise = 1; globalThis.console = null; 7")).toBe("=> 7");
    expect(await run("Object.prototype.then = 1; [1].map(String)")).toBe('=> ["1"]');
  });

  it("keeps nothing between runs", async () => {
    const tool = runJavaScript();
    await tool.invoke({ code: "globalThis.kept = 1; Array.prototype.kept = 1; Object.prototype.kept = 1" });
    expect(await tool.invoke({ code: "[typeof globalThis.kept, typeof [].kept]" })).toBe(
      '=> ["undefined", "undefined"]',
    );
  });

  it("bounds the output and says how much is missing", async () => {
    const options = { outputCharacters: 100 };
    const printed = await run("for (let i = 0; i < 1000; i++) console.log('0123456789')", options);
    expect(printed).toMatch(/… 99\d\d more characters of output were dropped/);
    expect(printed.length).toBeLessThan(250);
    expect((await run("'x'.repeat(1e6)", options)).length).toBeLessThan(250);
    expect((await run("Array.from({ length: 1e5 }, (_, i) => i)", options)).length).toBeLessThan(250);
    expect(
      (await run("let o = {}; for (let i = 0; i < 1e5; i++) o['k' + i] = { i }; o", options)).length,
    ).toBeLessThan(250);
    expect((await fail("throw new Error('y'.repeat(1e6))", options)).length).toBeLessThan(2_500);
    expect((await fail("for (;;) console.log('z')", { ...options, milliseconds: 200 })).length).toBeLessThan(
      500,
    );
  });

  it("leaves the event loop free and runs several programs at once", async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const busy = "const begun = Date.now(); while (Date.now() < begun + 800); [begun, Date.now()]";
    const ends = await Promise.all(Array.from({ length: 6 }, () => run(busy)));
    clearInterval(timer);
    const times = ends.map((end) => JSON.parse(end.slice(3)) as [number, number]);
    const overlapping = times.filter(([begun], i) =>
      times.some(([b, e], k) => k !== i && b <= begun && begun < e),
    );
    expect(overlapping.length).toBeGreaterThan(0);
    expect(longest).toBeLessThan(800);
  });

  it("stops at once when the signal aborts, also while waiting for a turn", async () => {
    const controller = new AbortController();
    const tool = runJavaScript({ milliseconds: 20_000 });
    const started = performance.now();
    const runs = Array.from({ length: 6 }, () =>
      tool.invoke({ code: "for (;;);" }, { signal: controller.signal }),
    );
    setTimeout(() => controller.abort(), 300);
    const ends = await Promise.allSettled(runs);
    expect(ends.map(({ status }) => status)).toEqual(Array(6).fill("rejected"));
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(await run("'still works'")).toBe('=> "still works"');
  });

  it("shows any JSON value as JavaScript that means the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
        const shown = await run(`JSON.parse(${JSON.stringify(JSON.stringify(value))})`);
        expect(await run(`JSON.stringify((${shown.slice(3)}))`)).toBe(
          `=> ${JSON.stringify(JSON.stringify(JSON.parse(JSON.stringify(value))))}`,
        );
      }),
      { numRuns: 5 },
    );
  });

  it("refuses senseless bounds when it is made", () => {
    for (const options of [{ milliseconds: 0 }, { memoryBytes: 1000 }, { outputCharacters: 1.5 }])
      expect(() => runJavaScript(options)).toThrow(expect.objectContaining({ code: "invalid-definition" }));
  });
});
