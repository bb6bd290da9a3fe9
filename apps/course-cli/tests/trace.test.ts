import { calculator, defineAgent, memoryStore } from "@zixue/agent";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { readCommandLine } from "../src/command-line.ts";
import { trace } from "../src/trace.ts";
import { recordedTerminal } from "./recorded-terminal.ts";

/** A store with one run in it. */
async function storeWithRun() {
  const store = memoryStore();
  const call = reply.toolCalls([{ name: "calculator", args: { expression: "37*41" } }]);
  const agent = defineAgent({
    name: "tutor",
    model: scriptedChatModel([call, "1517"]),
    tools: [calculator()],
    store,
  });
  let traceId = "";
  for await (const event of agent.run("37*41", { threadId: "t1" }))
    if (event.type === "done") traceId = event.traceId;
  return { store, traceId };
}

async function zixue(
  store: Parameters<typeof trace>[0],
  args: readonly string[],
  terminal = recordedTerminal(),
) {
  const code = await trace(store, readCommandLine(["trace", ...args], { LANG: "en_US" }), terminal, 80);
  return { code, output: terminal.output(), notes: terminal.notes() };
}

describe("zixue trace", () => {
  it("lists the latest runs, and shows one by the beginning of its id", async () => {
    const { store, traceId } = await storeWithRun();
    const { output } = await zixue(store, []);
    expect(output).toMatch(/^[0-9a-f]{12} {2}\d{4}-\d\d-\d\d .* invoke_agent tutor {2}t1\n$/);
    const shown = await zixue(store, [output.slice(0, 12)]);
    expect(shown.code).toBe(0);
    expect(shown.output).toContain(`Trace ${traceId}`);
    expect(shown.output).toMatch(/\|- execute_tool calculator +ok/);
    expect(shown.output).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it("draws with lines on a terminal, not under NO_COLOR", async () => {
    const { store, traceId } = await storeWithRun();
    expect((await zixue(store, [traceId], recordedTerminal({ isTTY: true }))).output).toContain("├─ ");
    const plain = recordedTerminal({ isTTY: true, env: { NO_COLOR: "1" } });
    expect((await zixue(store, [traceId], plain)).output).toContain("|- ");
  });

  it("prints JSON lines with --json", async () => {
    const { store, traceId } = await storeWithRun();
    const lines = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { traceId: string });
    expect(lines((await zixue(store, ["--json"])).output)).toMatchObject([{ traceId, threadId: "t1" }]);
    expect(lines((await zixue(store, ["--json", traceId])).output)).toHaveLength(4);
  });

  it("says that there is no such run, and which there are", async () => {
    const { store, traceId } = await storeWithRun();
    await expect(zixue(store, ["ffff0000"])).rejects.toMatchObject({
      code: "unknown-trace",
      exitCode: 1,
      message: expect.stringContaining(traceId.slice(0, 12)) as string,
    });
    await expect(zixue(memoryStore(), ["x"])).rejects.toThrow(/There is no run "x".*No runs yet/s);
    expect((await zixue(memoryStore(), [])).notes).toContain("No runs yet");
  });
});
