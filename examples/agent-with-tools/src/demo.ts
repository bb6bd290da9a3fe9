import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AgentEvent } from "@zixue/agent";
import { scriptedChatModel } from "@zixue/testkit";
import { shopAgent } from "./agent.ts";
import { converse } from "./converse.ts";
import { decideAt } from "./decide.ts";
import { type Scene, scenes } from "./demo-scenes.ts";
import { printEvents } from "./print-events.ts";
import { Shop } from "./shop.ts";
import type { Terminal } from "./terminal.ts";
import type { Words } from "./words.ts";

/** Plays the scripted scenes. At a terminal the approvals and Ctrl+C are yours. */
export async function playDemo(ordersFile: string, terminal: Terminal, words: Words): Promise<void> {
  terminal.write(`${words.demo.banner}\n`);
  for (const scene of scenes) {
    terminal.write(`\n━━ ${words.demo.scenes[scene.name]}\n> ${scene.question}\n`);
    if (scene.decide && !terminal.interactive) terminal.write(`${words.demo.autoDecided}\n`);
    if (scene.abortAfterMs !== undefined) terminal.write(`${words.demo.pressCtrlC}\n`);
    const controller = new AbortController();
    terminal.onInterrupt(() => controller.abort());
    for await (const _ of printEvents(
      playScene(scene, { ordersFile, controller, ...(terminal.interactive && { terminal }), words }),
      terminal.write,
      words,
    ));
    terminal.onInterrupt(null);
    // Ctrl+C where it was not asked for means: enough.
    if (controller.signal.aborted && scene.abortAfterMs === undefined) return;
  }
  terminal.write(`\n${words.demo.end}\n`);
}

export interface PlayOptions {
  readonly ordersFile: string;
  readonly controller?: AbortController;
  /** Where a person decides; without one the scene decides. */
  readonly terminal?: Terminal;
  readonly words: Words;
}

/** Plays one scene on a shop whose refunds are thrown away afterwards. */
export async function* playScene(
  scene: Scene,
  { ordersFile, controller = new AbortController(), terminal, words }: PlayOptions,
): AsyncGenerator<AgentEvent> {
  const folder = mkdtempSync(path.join(tmpdir(), "shop-demo-"));
  let timer: NodeJS.Timeout | undefined;
  try {
    const agent = shopAgent({
      model: scriptedChatModel(scene.script),
      shop: new Shop(ordersFile, path.join(folder, "refunds.json")),
      ...(scene.limits && { limits: scene.limits }),
    });
    const events = converse(agent, scene.question, {
      threadId: scene.name,
      signal: controller.signal,
      decide: async (calls) =>
        terminal ? decideAt(terminal, calls, words, controller.signal) : scene.decide?.(calls),
    });
    for await (const event of events) {
      yield event;
      if (event.type === "text" && scene.abortAfterMs !== undefined)
        timer ??= setTimeout(() => controller.abort(), scene.abortAfterMs);
    }
  } finally {
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}
