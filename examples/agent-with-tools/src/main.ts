/** `npm start` talks, or plays the scripted demo without a model; `npm start -- "question"` asks once. */
import path from "node:path";
import type { Agent } from "@zixue/agent";
import { loadEnvFile, resolveModels } from "@zixue/models";
import { shopAgent } from "./agent.ts";
import { converse } from "./converse.ts";
import { decideAt } from "./decide.ts";
import { playDemo } from "./demo.ts";
import { printEvents } from "./print-events.ts";
import { Shop } from "./shop.ts";
import { openTerminal, type Terminal } from "./terminal.ts";
import { type Words, wordsFor } from "./words.ts";

const root = path.resolve(import.meta.dirname, "..");
const ordersFile = path.join(root, "data/orders.json");

loadEnvFile(path.join(root, ".env"));
const words = wordsFor(process.env);
const question = process.argv.slice(2).join(" ").trim();
const models = await resolveModels();
const terminal = openTerminal();
try {
  process.exitCode = await main();
} finally {
  terminal.close();
}

async function main(): Promise<number> {
  if (!models.chat && question !== "") {
    console.error(`${words.needsModel}\n${models.describe(words.language)}`);
    return 1;
  }
  if (!models.chat) {
    await playDemo(ordersFile, terminal, words);
    return 0;
  }
  console.error(models.describe(words.language));
  const data = process.env.SHOP_DATA ?? path.join(root, ".zixue");
  const shop = new Shop(ordersFile, path.join(data, "refunds.json"));
  const agent = shopAgent({ model: models.chat, shop });
  if (question !== "") return turn(agent, question, terminal, words);
  terminal.write(`${words.hello}\n`);
  for (;;) {
    const line = await terminal.ask("> ");
    if (line === undefined) return 0;
    if (line !== "") await turn(agent, line, terminal, words);
  }
}

/** One question with its answer. Gives the exit code: 0 unless it failed (1) or was stopped (130). */
async function turn(agent: Agent, input: string, terminal: Terminal, words: Words): Promise<number> {
  const controller = new AbortController();
  terminal.onInterrupt(() => controller.abort());
  const events = converse(agent, input, {
    threadId: "terminal",
    signal: controller.signal,
    decide: (calls) => decideAt(terminal, calls, words, controller.signal),
  });
  let code = 0;
  for await (const event of printEvents(events, terminal.write, words)) {
    if (event.type === "done") code = event.status === "failed" ? 1 : event.status === "aborted" ? 130 : 0;
  }
  terminal.onInterrupt(null);
  return code;
}
