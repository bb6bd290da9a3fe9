/**
 * CPU time of one streamed reply of 400 pieces: an agent's `run`, LangChain's own agent, the chat model alone, and plain
 * fetch, in turn in one process; the scripted server runs in another, so that its work is not counted.
 *
 *   npx tsx benchmarks/agent-cost.ts [--rounds 15] [--replies 10]
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { defineAgent } from "@zixue/agent";
import { reply, startScriptedServer } from "@zixue/testkit";
import { createAgent } from "langchain";

const PIECES = 400;

if (process.send) await serve(process.send.bind(process));
else await measure();

async function serve(tell: (url: string) => void): Promise<void> {
  const chunks = Array.from({ length: PIECES }, (_, i) => `第${i}块`);
  const server = await startScriptedServer(() => reply.text(chunks.join(""), { chunks }));
  tell(server.url);
  process.on("disconnect", () => void server.close().then(() => process.exit()));
}

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "15" }, replies: { type: "string", default: "10" } },
  });
  const [rounds, replies] = [Number(values.rounds), Number(values.replies)];
  const server = fork(fileURLToPath(import.meta.url), { execArgv: process.execArgv });
  try {
    const url = await urlOf(server);
    const ways = waysTo(url);
    const spent = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
    // The first rounds warm the compiler up and are not counted.
    for (let round = -3; round < rounds; round++) {
      for (const [name, read] of Object.entries(ways)) {
        const before = process.cpuUsage();
        for (let i = 0; i < replies; i++) {
          const pieces = await read();
          if (pieces < PIECES) throw new Error(`${name} read ${pieces} of ${PIECES} pieces.`);
        }
        const { user, system } = process.cpuUsage(before);
        if (round >= 0) spent.get(name)?.push((user + system) / 1000 / replies);
      }
    }
    const base = median(spent.get("createAgent, stream messages") ?? []);
    const rows = [...spent].map(([name, times]) => {
      const ms = median(times);
      return { way: name, "CPU ms a reply": ms.toFixed(1), "against createAgent": (ms / base).toFixed(2) };
    });
    console.table(rows);
  } finally {
    server.disconnect();
  }
}

/** Ways to read a streamed reply; each says how many pieces it saw. */
function waysTo(baseURL: string): Record<string, () => Promise<number>> {
  const model = new ChatOpenAI({ model: "test", apiKey: "t", maxRetries: 0, configuration: { baseURL } });
  const ours = defineAgent({ name: "a", prompt: "你是老师。", model });
  const stock = createAgent({ model, tools: [], systemPrompt: "你是老师。" });
  const input = { messages: [new HumanMessage("你好")] };
  return {
    "agent.run": () => count(ours.run("你好"), (event) => (event.type === "text" ? 1 : 0)),
    "createAgent, stream messages": async () =>
      count(await stock.stream(input, { streamMode: "messages" }), () => 1),
    "ChatOpenAI.stream": async () => count(await model.stream(input.messages), () => 1),
    "fetch and split": () => readRaw(baseURL),
  };
}

async function count<T>(events: AsyncIterable<T>, weigh: (event: T) => number): Promise<number> {
  let seen = 0;
  for await (const event of events) seen += weigh(event);
  return seen;
}

async function readRaw(baseURL: string): Promise<number> {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "test", stream: true, messages: [{ role: "user", content: "你好" }] }),
  });
  if (!response.body) throw new Error(`No body: ${response.status}`);
  let seen = 0;
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue;
      const event = JSON.parse(line.slice(6)) as { choices: { delta?: { content?: string } }[] };
      if (event.choices[0]?.delta?.content) seen++;
    }
  }
  return seen;
}

function urlOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("message", (url) => resolve(String(url)));
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`The scripted server ended with ${code}.`)));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
