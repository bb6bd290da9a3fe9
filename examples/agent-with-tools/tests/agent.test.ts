import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { AgentEvent } from "@zixue/agent";
import { resolveModels } from "@zixue/models";
import { reply, startScriptedServer } from "@zixue/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shopAgent } from "../src/agent.ts";
import { converse } from "../src/converse.ts";
import { Shop, totalOf } from "../src/shop.ts";

const root = path.resolve(import.meta.dirname, "..");
const ordersFile = path.join(root, "data/orders.json");
let folder: string;
let shop: Shop;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "shop-test-"));
  shop = new Shop(ordersFile, path.join(folder, "refunds.json"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the shop", () => {
  it("adds up an order without the dust of binary fractions", () => {
    expect(totalOf(shop.find("a1003"))).toBe(344.7);
  });

  it("names the orders there are when one is unknown", () => {
    expect(() => shop.find("B7")).toThrow(/no order "B7".*A1001, A1002/);
  });

  it("refunds no more than was paid, over all refunds of an order, and only what was delivered", () => {
    shop.refund("A1002", 300, "broken");
    expect(() => shop.refund("A1002", 78.01, "again")).toThrow(/At most 78 yuan/);
    shop.refund("A1002", 78, "again");
    expect(() => shop.refund("A1003", 1, "late")).toThrow(/"shipped"/);
    const again = new Shop(ordersFile, path.join(folder, "refunds.json"));
    expect(again.refunds().map(({ amount }) => amount)).toEqual([300, 78]);
  });
});

describe("the agent with a model behind HTTP", { timeout: 60_000 }, () => {
  it("looks up, asks before it refunds, and runs what the person changed", async () => {
    const server = await startScriptedServer([
      reply.toolCalls([{ name: "lookup_order", args: { orderId: "A1001" } }]),
      reply.toolCalls([{ name: "refund_order", args: { orderId: "A1001", amount: 428, reason: "坏了" } }]),
      reply.text("已退 329 元。"),
    ]);
    try {
      const { chat } = await resolveModels({ baseUrl: server.url, chatModel: "scripted" }, {});
      const agent = shopAgent({ model: chat!, shop });
      const events = await collect(
        converse(agent, "键盘坏了,退款", {
          threadId: "t",
          signal: AbortSignal.timeout(20_000),
          decide: async ([call]) => ({ [call!.id]: { type: "edit", args: { ...call!.args, amount: 329 } } }),
        }),
      );
      expect(events.at(-1)).toMatchObject({ type: "done", status: "completed", text: "已退 329 元。" });
      expect(shop.refunds()).toEqual([{ orderId: "A1001", amount: 329, reason: "坏了" }]);
    } finally {
      await server.close();
    }
  });

  it("changes nothing when nobody decides", async () => {
    const server = await startScriptedServer([
      reply.toolCalls([{ name: "refund_order", args: { orderId: "A1001", amount: 10, reason: "x" } }]),
    ]);
    try {
      const { output, code } = await start(["退 10 元"], {
        ZIXUE_BASE_URL: server.url,
        ZIXUE_CHAT_MODEL: "scripted",
        SHOP_DATA: folder,
      });
      expect(output).toMatch(/需要你批准:refund_order\(orderId: "A1001", amount: 10/);
      expect(code).toBe(0);
      expect(shop.refunds()).toEqual([]);
    } finally {
      await server.close();
    }
  });
});

describe("the program without a model", { timeout: 60_000 }, () => {
  it("says that a free question needs one, and how to set it", async () => {
    const { output, code } = await start(["你好"], {});
    expect(code).toBe(1);
    expect(output).toMatch(/需要一个模型[\s\S]*DEEPSEEK_API_KEY/);
  });

  it("plays a demo that says it is scripted, from tools to cancellation", async () => {
    const { output, code } = await start([], {});
    expect(code).toBe(0);
    expect(output.startsWith("【脚本演示】")).toBe(true);
    expect(output).toMatch(/344\.7[\s\S]*A1001 已退 329 元[\s\S]*步数上限[\s\S]*已停止/);
  });
});

async function start(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts", ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ZIXUE_PROVIDER: "none", LANG: "zh_CN.UTF-8", ...providerOf(env) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("close", resolve)),
  ]);
  return { output: out + errors, code };
}

/** A `.env` of the person who runs this must not decide. */
function providerOf(env: Record<string, string>): Record<string, string> {
  return Object.keys(env).length === 0 ? {} : { ...env, ZIXUE_PROVIDER: "custom" };
}

async function collect(events: AsyncIterable<AgentEvent>): Promise<AgentEvent[]> {
  const all: AgentEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
