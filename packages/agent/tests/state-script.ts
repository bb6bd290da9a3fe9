import { appendFileSync } from "node:fs";
import { openStateStore, type StateStoreLocation } from "../src/index.ts";
import { outcomeOf, sendingAgent } from "./sending-agent.ts";

/** A process of its own for the tests of state stores: `location options action file`. */
const [location, options, action, file = ""] = process.argv.slice(2) as [string, string, string, string?];
const store = openStateStore(JSON.parse(location) as StateStoreLocation, JSON.parse(options) as object);
const agent = sendingAgent(store, (to) => appendFileSync(file, `${to}\n`));

switch (action) {
  case "migrate":
    await store.threads.save({ id: String(process.pid) });
    console.log("saved");
    break;
  case "pause":
    console.log(await outcomeOf(agent.run("写信", { threadId: "t" })));
    // As a process that is killed: nothing is closed.
    process.exit(0);
    break;
  case "resume":
    console.log(await outcomeOf(agent.resume("t", { c1: { type: "approve" } })));
    break;
  case "pause-and-hold":
  case "hold":
    if (action === "pause-and-hold") await outcomeOf(agent.run("写信", { threadId: "t" }));
    console.log((await store.claim("t")) === null ? "refused" : "held");
    setInterval(() => {}, 1_000);
    await new Promise(() => {});
    break;
}
await store.close();
