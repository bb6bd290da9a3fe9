import { reply, startScriptedServer } from "@zixue/testkit";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findChromium, launchChromium } from "../../../tests/chromium.ts";
import { type RunningSite, startSite } from "./site.ts";

const chromium = findChromium();

describe.skipIf(!chromium)("the course site in Chromium", () => {
  let browser: Browser;
  let site: RunningSite;
  let page: Page;
  /** Requests to anywhere else, and script errors: there must be none. */
  let foreign: string[];
  let errors: string[];

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(chromium!), startSite()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    foreign = [];
    errors = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(site.url) && !request.url().startsWith("data:"))
        foreign.push(request.url());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
  });
  afterEach(async () => {
    await page.close();
    expect(foreign).toEqual([]);
    expect(errors).toEqual([]);
  });

  async function ask(question: string): Promise<void> {
    await page.getByRole("textbox").fill(question);
    await page.getByRole("textbox").press("Enter");
    await page.locator(".turns[aria-busy=false] .turn").last().waitFor();
  }

  it("answers a question, and its citation opens the page at the paragraph and marks it", async () => {
    await page.goto(`${site.url}/ask`);
    await ask("什么是涌现能力？");
    const turn = page.locator(".turn").last();
    await expect.poll(() => turn.locator(".markdown").innerText()).toMatch(/涌现能力/);
    const quote = await turn.locator(".sources q").first().innerText();
    await turn.locator("a.cite").first().click();
    await page.waitForURL(/\/course\/01-intro\/03-what-is-large#b-/);
    const cited = page.locator(".block.cited");
    await cited.waitFor();
    expect(withoutSpace(await cited.innerText())).toContain(withoutSpace(quote).slice(0, 20));
    const box = (await cited.boundingBox())!;
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(900);
  });

  it("resolves a follow-up from the conversation", async () => {
    await page.goto(`${site.url}/ask`);
    await ask("什么是涌现能力？");
    await ask("它和缩放定律有什么关系？");
    await expect
      .poll(() => page.locator(".turn").last().locator(".markdown").innerText())
      .toMatch(/涌现|缩放/);
    expect(await page.locator(".turn").last().locator("a.cite").count()).toBeGreaterThan(0);
  });

  it("declines what the course does not cover and names the nearest sections", async () => {
    await page.goto(`${site.url}/ask`);
    await ask("今天天气怎么样？");
    const turn = page.locator(".turn").last();
    expect(await turn.locator("a.cite").count()).toBe(0);
    await expect.poll(() => turn.locator(".nearest a").count()).toBeGreaterThan(0);
    // The box at the bottom covers none of it.
    const box = (await page.locator(".ask-box").boundingBox())!;
    const nearest = (await turn.locator(".nearest a").last().boundingBox())!;
    expect(nearest.y + nearest.height).toBeLessThanOrEqual(box.y);
  });

  it("asks a section's question from its chapter, and speaks English on the English page", async () => {
    await page.goto(`${site.url}/course/01-intro/03-what-is-large`);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain("1.3");
    await page.locator(".section-intro li a").first().click();
    await page.waitForURL(/\/ask\?q=/);
    await page.locator(".turns[aria-busy=false] .turn a.cite").first().waitFor();

    await page.goto(`${site.url}/en/ask`);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Ask the course");
    await ask("What is an emergent ability?");
    expect(await page.locator(".turn").last().locator("a.cite").count()).toBeGreaterThan(0);
  });

  it("shows markup in a question as text and runs nothing of it", async () => {
    await page.goto(`${site.url}/ask`);
    for (const attack of [
      '<img src=x onerror="document.title=1">涌现能力',
      "什么是涌现能力{{constructor.constructor('document.title=1')()}}",
      "[点我](javascript:document.title=1) 什么是涌现能力",
    ]) {
      await ask(attack);
      expect(await page.locator(".turn").last().locator(".question").innerText()).toContain(attack);
    }
    expect(await page.locator(".turn img, .turn a[href^=javascript]").count()).toBe(0);
    expect(await page.title()).not.toBe("1");
  });

  it("fits a phone without scrolling sideways", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const address of ["/", "/ask", "/course/", "/course/01-intro/03-what-is-large"]) {
      await page.goto(site.url + address);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, address).toBeLessThanOrEqual(0);
    }
  });
});

describe.skipIf(!chromium)("the course site with a model, in Chromium", () => {
  it("streams the model's words, marks what nothing bears out, and stops at the reader's word", async () => {
    const server = await startScriptedServer(({ body }, n) => {
      if (n > 0) return reply.fault.hang();
      const source = /\[(\d+)\][^\n]*\n[^\n]*在小模型上没有/u.exec(
        JSON.stringify(body).replaceAll("\\n", "\n"),
      );
      const told = `涌现能力是指在小模型上没有、在大模型上才有的能力。[${source?.[1]}]`;
      return reply.text(`${told} 它在 1867 年由牛顿提出。[99]`, { chunks: 12 });
    });
    const site = await startSite({
      ZIXUE_PROVIDER: "custom",
      ZIXUE_BASE_URL: server.url,
      ZIXUE_API_KEY: "test-key",
      ZIXUE_CHAT_MODEL: "scripted",
    });
    const browser = await launchChromium(chromium!);
    try {
      const page = await browser.newPage();
      await page.goto(`${site.url}/ask`);
      await page.getByRole("textbox").fill("什么是涌现能力？");
      await page.getByRole("textbox").press("Enter");
      const turn = page.locator(".turn").last();
      await turn.locator("a.cite.supported").first().waitFor();
      await expect.poll(() => turn.innerText()).toMatch(/由牛顿提出。?\s*（未核实）/);
      expect(await turn.innerText()).not.toContain("99");

      await page.getByRole("textbox").fill("缩放定律是什么？");
      await page.getByRole("textbox").press("Enter");
      await page.getByRole("button", { name: "停止" }).click();
      await expect.poll(() => page.locator(".turn").last().innerText()).toContain("已停止");
      await expect.poll(() => server.requests.at(-1)?.aborted).toBe(true);
    } finally {
      await browser.close();
      await site.close();
      await server.close();
    }
  });
});

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, "");
}
