import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { expect, it } from "vitest";
import { defineAgent, memoryStore } from "../src/index.ts";
import { collect } from "./collect.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

it("needs no more memory after many runs than after some", async () => {
  const model = new FakeListChatModel({ responses: ["好的，我们接着讲。"] });
  const agent = defineAgent({ name: "a", model, store: memoryStore({ threads: 3 }) });
  let turn = 0;
  const heapAfter = async (turns: number) => {
    for (let i = 0; i < turns; i++)
      await collect(agent.run("继续", { threadId: `t${Math.floor(turn++ / 10)}` }));
    for (let i = 0; i < 2; i++) {
      collectGarbage();
      // Finalizers run between two collections.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    collectGarbage();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const before = await heapAfter(60);
  // A graph that is kept for each run is 80 KB: 12 MB.
  expect((await heapAfter(150)) - before).toBeLessThan(5);
});
