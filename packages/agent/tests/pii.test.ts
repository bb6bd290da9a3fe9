import { DynamicStructuredTool } from "@langchain/core/tools";
import { MemorySaver } from "@langchain/langgraph";
import { reply, scriptedChatModel } from "@zixue/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { PiiStream } from "../src/guards/pii-stream.ts";
import { PiiVault } from "../src/guards/pii-vault.ts";
import { defineAgent, findPii, memoryStore, PII_KINDS, type PiiOptions } from "../src/index.ts";
import { collect } from "./collect.ts";

const kindsIn = (text: string) =>
  findPii(text, PII_KINDS).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

/** Checksums worked out here anew. */
const idCards = fc
  .record({
    region: fc.integer({ min: 110000, max: 659999 }),
    year: fc.integer({ min: 1930, max: 2020 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    order: fc.integer({ min: 0, max: 999 }),
  })
  .map(({ region, year, month, day, order }) => {
    const body = `${region}${year}${String(month).padStart(2, "0")}${String(day).padStart(2, "0")}${String(order).padStart(3, "0")}`;
    let rest = 0;
    for (const digit of body) rest = ((rest + Number(digit)) * 2) % 11;
    const check = (12 - rest) % 11;
    return body + (check === 10 ? "X" : String(check));
  });
const cards = fc.stringMatching(/^62\d{13}$/).map((body) => {
  for (let check = 0; ; check++) {
    const digits = [...(body + check)].map(Number);
    const sum = digits.reduce(
      (total, d, i) => total + ((digits.length - 1 - i) % 2 ? (d > 4 ? 2 * d - 9 : 2 * d) : d),
      0,
    );
    if (sum % 10 === 0) return body + check;
  }
});
const phones = fc.stringMatching(/^1[3-9]\d{9}$/);
const emails = fc.stringMatching(/^[a-z][a-z0-9]{1,8}@[a-z]{2,8}\.(?:com|cn|com\.cn)$/);

describe("personal data is found", () => {
  it.each([
    ["手机13800138000，谢谢", "phone", "13800138000"],
    ["打 +86 138-0013-8000 找我", "phone", "+86 138-0013-8000"],
    ["１３８００１３８０００", "phone", "１３８００１３８０００"],
    ["身份证 11010519491231002X。", "id-card", "11010519491231002X"],
    ["卡号 6222 0212 3456 7895", undefined, ""],
    ["卡号 6222 0212 3456 7894", "bank-card", "6222 0212 3456 7894"],
    ["卡号 4111 1111 1111 1111", "bank-card", "4111 1111 1111 1111"],
    ["写信到 Li.Lei+x@mail.example.com.cn。", "email", "Li.Lei+x@mail.example.com.cn"],
    ["座机（010）62781234", "landline", "（010）62781234"],
    ["座机 0571-88157890 转", "landline", "0571-88157890"],
    ["护照号 E12345678", "passport", "E12345678"],
    ["主机 192.168.1.10 上", "ip", "192.168.1.10"],
    [`key=sk-proj-${"a1B2".repeat(8)}`, "secret", `sk-proj-${"a1B2".repeat(8)}`],
  ])("%s", (text, kind, raw) => {
    expect(kindsIn(text)).toEqual(kind === undefined ? [] : [[kind, raw]]);
  });

  it.each([
    ["arXiv:1706.03762 和 2305.18290v2，2026-11-24 19:46"],
    ["订单号 13800138000，运单 4111111111111111"],
    ["13800138000123 是更长的数字，13800138000.5 是小数"],
    ["圆周率 3.14159265358979，参数量 175000000000"],
    ["身份证 110105194912310021 校验位不对"],
    ["时间戳 1732477585123，行号 10086，版本 1.2.3.4.5"],
    ["git@github.com:org/repo.git 与 @user"],
    ["错误码 E12345678 见手册；ISBN 978-7-111-12345-6"],
    ["commit 54aa8099b4d2c3e1f0a9b8c7d6e5f4a3b2c1d0e9"],
    ["d = 0.5 × 1024 × 4096，见 https://example.com/13800138000/a"],
  ])("and not in %s", (text) => {
    expect(kindsIn(text)).toEqual([]);
  });

  it("wherever it stands in a Chinese text, whatever it is", () => {
    const any = fc.oneof(phones, idCards, cards, emails);
    fc.assert(
      fc.property(
        any,
        fc.constantFrom("我的", "：", "，是", "("),
        fc.constantFrom("。", "，好", ")", " ok"),
        (value, before, after) => {
          const [span, ...others] = findPii(`${before}${value}${after}`);
          expect(others).toEqual([]);
          expect([span?.start, span?.end]).toEqual([before.length, before.length + value.length]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("a stream", () => {
  const piece = fc.oneof(
    phones,
    idCards,
    cards,
    emails,
    fc.constantFrom(
      "<手机号1>",
      "<PHONE_1>",
      "<",
      ">",
      " ",
      "，",
      "138 0013 8000",
      "(010) 62781234",
      "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----",
    ),
    fc.string({ maxLength: 12 }),
    fc.string({ unit: "grapheme", maxLength: 8 }),
  );
  const texts = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(""));

  it("says the same however it is cut, and never shows a part of what is hidden", () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.boolean(),
        (text, steps, restore) => {
          const what = { hide: true, restore };
          const start = () => {
            const vault = new PiiVault(PII_KINDS);
            vault.hide("13900139000");
            return new PiiStream(vault, what);
          };
          const once = start();
          const whole = once.push(text) + once.flush();
          const stream = start();
          let shown = "";
          for (let at = 0, i = 0; at < text.length; i++) {
            const step = steps[i % steps.length]!;
            shown += stream.push(text.slice(at, at + step));
            at += step;
            expect(whole.startsWith(shown)).toBe(true);
          }
          expect(shown + stream.flush()).toBe(whole);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("an agent that keeps personal data from its model", () => {
  async function play(
    pii: PiiOptions,
    said = "好的，打 <手机号1>。",
    input = "我的手机是 13800138000，邮箱 li@example.com，再说一遍 138 0013 8000",
  ) {
    const called: unknown[] = [];
    const send = new DynamicStructuredTool({
      name: "send",
      description: "Sends",
      schema: z.object({ to: z.string() }),
      func: async (args: { to: string }) => {
        called.push(args.to);
        return "短信已发到 13800138000，抄送 13700137000";
      },
    });
    const model = scriptedChatModel((_call, n) =>
      n === 0
        ? reply.toolCalls([{ name: "send", args: { to: "<手机号1>" }, id: "c1" }])
        : reply.text(said, { chunks: 9 }),
    );
    const checkpointer = new MemorySaver();
    const make = () =>
      defineAgent({
        name: "a",
        model,
        tools: [send],
        guards: { pii },
        store: memoryStore({ checkpointer }),
        prompt: "客服电话 0571-88157890",
      });
    const agent = make();
    const events = await collect(agent.run(input, { threadId: "t" }));
    const text = events
      .filter((event) => event.type === "text")
      .map(({ delta }) => delta)
      .join("");
    return {
      agent,
      called,
      model,
      events,
      text,
      make,
      sent: (n: number) => model.calls[n]!.messages.map((m) => m.text),
    };
  }

  it("sends placeholders, one for each value however it is written", async () => {
    const { sent, called, text, make } = await play({});
    expect(sent(1)).toEqual([
      "客服电话 <座机号1>",
      "我的手机是 <手机号1>，邮箱 <邮箱1>，再说一遍 <手机号1>",
      "",
      "短信已发到 <手机号1>，抄送 <手机号2>",
    ]);
    expect(called).toEqual(["<手机号1>"]);
    expect(text).toBe("好的，打 <手机号1>。");
    expect((await make().messages("t"))[0]?.text).toContain("13800138000");
  });

  it("restores them in arguments, in events, in the text and in the thread", async () => {
    const { sent, called, text, events, make } = await play({ restore: true });
    expect(called).toEqual(["13800138000"]);
    expect(events.find((event) => event.type === "tool-call")).toMatchObject({ args: { to: "13800138000" } });
    expect(text).toBe("好的，打 13800138000。");
    expect(events.at(-1)).toMatchObject({ type: "done", text });
    expect((await make().messages("t")).at(-1)?.text).toBe(text);
    expect(sent(1).join()).not.toMatch(/138/);
  });

  it("keeps traces as free of them as the model", async () => {
    const { agent, events, called } = await play({ restore: true });
    const done = events.at(-1);
    const spans = await agent.trace(done?.type === "done" ? done.traceId : "");
    expect(called).toEqual(["13800138000"]);
    expect(JSON.stringify(spans)).toContain("<手机号1>");
    expect(JSON.stringify(spans)).not.toMatch(/1380013/);
  });

  it("keeps each placeholder for its value in later runs, in another process too", async () => {
    const { make, model } = await play({ restore: true });
    await collect(make().run("新号 13600136000，旧号 13800138000", { threadId: "t" }));
    const sent = model.calls.at(-1)!.messages.map((m) => m.text);
    expect(sent.at(-1)).toBe("新号 <手机号3>，旧号 <手机号1>");
    expect(JSON.stringify(model.calls.map((call) => call.messages))).not.toMatch(/1380013|1360013/);
  });

  it("hides what the model itself says, and restores the user's own", async () => {
    const said = "打 13500135000 或 <手机号1>，邮件 a@b.cn";
    const { text } = await play({ out: true, restore: true }, said);
    expect(text).toBe("打 <手机号3> 或 13800138000，邮件 <邮箱2>");
    const only = await play({ in: false, out: true }, "打 13500135000，邮件 a@b.cn");
    expect(only.text).toBe("打 <手机号1>，邮件 <邮箱1>");
    expect(only.sent(1)[1]).toContain("13800138000");
  });

  it("treats thinking as it treats what is said, and keeps their order", async () => {
    const model = scriptedChatModel([
      reply.text("给 13800138000 打", { reasoning: "号码是 13700137000", chunks: 5 }),
    ]);
    const agent = defineAgent({ name: "a", model, guards: { pii: { out: true } } });
    const events = await collect(agent.run("谁？"));
    const said = events.flatMap((event) =>
      event.type === "text" || event.type === "reasoning" ? [`${event.type}: ${event.delta}`] : [],
    );
    expect(said.findLastIndex((line) => line.startsWith("reasoning"))).toBeLessThan(
      said.findIndex((line) => line.startsWith("text")),
    );
    expect(said.join("").replace(/(?:reasoning|text): /g, "")).toBe("号码是 <手机号1>给 <手机号2> 打");
  });

  it("speaks English in an English thread", async () => {
    const { sent } = await play({}, "ok", "Call me: 13800138000");
    expect(sent(0)[1]).toBe("Call me: <PHONE_1>");
  });

  it("refuses settings that cannot work", () => {
    const model = scriptedChatModel([]);
    const define = (pii: unknown) => () =>
      defineAgent({ name: "a", model, guards: { pii: pii as PiiOptions } });
    expect(define({ kinds: ["phones"] })).toThrow(/has "phones". The kinds are: secret, email/);
    expect(define({ in: false, restore: true })).toThrow(/restore needs/);
    expect(define({ in: "yes" })).toThrow(/true or false/);
  });
});
