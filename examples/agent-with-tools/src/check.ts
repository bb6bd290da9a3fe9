/** Plays every scripted scene and checks what the agent did. Exits non-zero when something is not as it should be. */
import assert from "node:assert/strict";
import path from "node:path";
import type { AgentEvent } from "@zixue/agent";
import { playScene } from "./demo.ts";
import { type Scene, scenes } from "./demo-scenes.ts";
import { wordsFor } from "./words.ts";

const ordersFile = path.resolve(import.meta.dirname, "../data/orders.json");

const checks: Record<Scene["name"], (events: readonly AgentEvent[]) => void> = {
  tools(events) {
    const results = events.filter((event) => event.type === "tool-result");
    assert.deepEqual(
      results.map(({ name, isError }) => [name, isError]),
      [
        ["lookup_order", false],
        ["calculator", false],
      ],
    );
    assert.equal(results[1]?.content, "344.7");
    assert.match(endOf(events).text, /344\.7/);
    assert.equal(endOf(events).status, "completed");
  },
  approval(events) {
    const asked = events.find((event) => event.type === "approval-needed");
    assert.equal(asked?.calls.length, 2);
    const before = events.slice(0, asked ? events.indexOf(asked) : 0);
    assert.ok(!before.some((event) => event.type === "tool-result"), "no refund runs before the approval");
    const results = events.filter((event) => event.type === "tool-result");
    assert.deepEqual(results.map(({ args, isError }) => [args.orderId, isError]).sort(), [
      ["A1001", false],
      ["A1002", true],
    ]);
    assert.equal(endOf(events).status, "completed");
  },
  limit(events) {
    assert.equal(events.find((event) => event.type === "limit")?.limit, "steps");
    assert.equal(endOf(events).status, "limited");
    assert.match(endOf(events).text, /A1001、A1002/, "what was found before the limit stays");
  },
  cancel(events) {
    assert.equal(endOf(events).status, "aborted");
    assert.match(endOf(events).text, /^说来话长/, "what was said before the stop stays");
  },
};

for (const scene of scenes) {
  const events: AgentEvent[] = [];
  for await (const event of playScene(scene, { ordersFile, words: wordsFor(process.env) }))
    events.push(event);
  try {
    checks[scene.name](events);
    console.log(`✓ ${scene.name}: ${scene.question}`);
  } catch (error) {
    console.error(`✗ ${scene.name}: ${scene.question}\n${(error as Error).message}`);
    process.exitCode = 1;
  }
}

function endOf(events: readonly AgentEvent[]) {
  const last = events.at(-1);
  assert.ok(last?.type === "done", "the last event is done");
  return last;
}
