import { reply, scriptedChatModel } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { allowedNext, generate, language, seededRandom, slippery, validity } from "../constrained.ts";
import { askWithRepair } from "../repair.ts";

const message = "pnpm install 失败，提示 node 版本太低";
const good = { reasoning: "有报错", category: "报错", urgency: 2, quote: "node 版本太低" };

describe("askWithRepair", () => {
  it("asks once when the first answer is right", async () => {
    const model = scriptedChatModel([reply.json(good)]);
    expect(await askWithRepair(model, message)).toEqual({ answer: good, failures: [] });
  });

  it("sends back the answer and what is wrong with it", async () => {
    const model = scriptedChatModel([reply.json({ ...good, urgency: 9 }), reply.json(good)]);
    const { answer, failures } = await askWithRepair(model, message);
    expect(answer).toEqual(good);
    expect(failures).toHaveLength(1);
    const last = model.calls[1]!.messages.slice(-2).map((part) => part.text);
    expect(last[0]).toContain('"urgency":9');
    expect(last[1]).toContain("urgency");
  });

  it("does not take a quotation that is not in the message", async () => {
    const model = scriptedChatModel([reply.json({ ...good, quote: "版本过低" }), reply.json(good)]);
    expect((await askWithRepair(model, message)).failures[0]).toContain("版本过低");
  });

  it("gives up with every reason, and lets other errors through", async () => {
    const never = scriptedChatModel(() => reply.text("不"));
    await expect(askWithRepair(never, message, { tries: 2 })).rejects.toThrow(
      /问了 2 次[\s\S]*1\.[\s\S]*2\./,
    );
    const down = scriptedChatModel([reply.fault.serverError()]);
    await expect(askWithRepair(down, message)).rejects.not.toThrow(/问了/);
    expect(down.calls).toHaveLength(1);
  });
});

describe("constrained decoding", () => {
  it("allows only what some legal text goes on with", () => {
    expect([...allowedNext('{"category":"')].sort()).toEqual(["作", "其", "报", "概"].sort());
    expect(allowedNext(language[0]!).size).toBe(0);
  });

  it("makes every output legal, however often the generator slips", () => {
    const random = seededRandom(1);
    expect(validity(0.5, true, 200, random).valid).toBe(200);
    expect(validity(0.5, false, 200, random).valid).toBeLessThan(5);
  });

  it("keeps the generator's preference among what is legal", () => {
    const random = seededRandom(2);
    const texts = Array.from({ length: 400 }, () => generate(slippery(0.1, "报错"), random, true));
    const share = texts.filter((text) => text.includes("报错")).length / texts.length;
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(0.8);
  });
});
