import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { playEvents, scriptedPipeline } from "./scripted-pipeline.ts";
import { startBot } from "./start-bot.ts";

const start = (options = {}) =>
  startBot(
    scriptedPipeline(() => playEvents()),
    options,
  );

describe("GET /api/chapters", () => {
  it("lists parts, chapters and sections with what is written", async () => {
    const bot = await start();
    const outline = JSON.parse(await (await bot.get("/api/chapters")).text());
    expect(outline.title).toBe("测试课程");
    expect(outline.parts[1].chapters[0].sections).toMatchObject([
      {
        id: "2.1",
        title: "KV cache",
        written: true,
        minutes: 8,
        url: "/course/02-inference/01-kv-cache",
        concepts: [{ term: "KV cache" }],
      },
      { id: "2.2", title: "投机解码", written: false, requires: ["2.1"] },
    ]);
  });

  it("gives a section with its blocks and questions, and nothing that answers them", async () => {
    const bot = await start();
    const text = await (await bot.get("/api/chapters/2.1")).text();
    const section = JSON.parse(text);
    expect(section.questions).toEqual([{ id: "q1", ask: "KV cache 为什么会占很多显存?", kind: "why" }]);
    expect(section.blocks[0]).toMatchObject({
      kind: "heading",
      text: "What",
      anchor: expect.stringMatching(/^b-[0-9a-f]{8}$/),
    });
    for (const secret of ["points", "evidence", "hints", "每个 token 在每层都要存什么", "variants"])
      expect(text).not.toContain(secret);
  });

  it("says of a section in the outline that it is not written", async () => {
    const bot = await start();
    expect(await (await bot.get("/api/chapters/2.2")).json()).toMatchObject({ id: "2.2", written: false });
  });
});

describe("operations", () => {
  it("reports health, readiness and metrics by route", async () => {
    const bot = await start();
    expect(await (await bot.get("/healthz")).json()).toEqual({ status: "ok" });
    expect(await (await bot.get("/readyz")).json()).toMatchObject({ status: "ready", documents: 1 });
    await (await bot.get("/api/chapters/1.1")).text();
    const metrics = await (await bot.get("/metrics")).text();
    expect(metrics).toContain('http_requests_total{route="/api/chapters/:id",method="GET",status="200"} 1');
    expect(metrics).toContain("process_cpu_seconds_total");
  });

  it("is not ready while it stops", async () => {
    const bot = await start({ stopping: AbortSignal.abort() });
    expect((await bot.get("/readyz")).status).toBe(503);
  });

  it("logs requests without what was asked", async () => {
    const bot = await start();
    await (await bot.ask({ question: "我的秘密问题?" })).text();
    await (await bot.get("/api/search?q=我的秘密问题")).text();
    const logs = bot.logs.join("");
    expect(logs).toContain('"path":"/api/ask"');
    expect(logs).toContain('"path":"/api/search"');
    expect(logs).not.toContain("秘密");
    expect(logs).not.toContain(encodeURIComponent("秘密"));
  });

  it("asks every /api request for the token, and no other", async () => {
    const bot = await start({ accessToken: "correct-horse" });
    for (const path of ["/api/chapters", "/api/search?q=x", "/api/nothing"])
      expect((await bot.get(path)).status).toBe(401);
    expect((await bot.ask({ question: "x" })).status).toBe(401);
    expect((await bot.ask({ question: "x" }, { headers: { authorization: "Bearer wrong" } })).status).toBe(
      401,
    );
    expect(
      (await bot.ask({ question: "x" }, { headers: { authorization: "Bearer correct-horse" } })).status,
    ).toBe(200);
    expect((await bot.get("/healthz")).status).toBe(200);
    expect((await bot.get("/")).status).toBe(200);
  });

  it("limits requests of one address", async () => {
    const bot = await start({ requestsPerMinute: 2 });
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await bot.get("/api/chapters")).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await bot.get("/healthz")).status).toBe(200);
  });

  it("sends security headers and does not name its framework", async () => {
    const bot = await start();
    const { headers } = await bot.get("/api/chapters");
    expect(headers.get("content-security-policy")).toContain("script-src 'self';");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-powered-by")).toBeNull();
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("the site", () => {
  const SCRIPT = "console.log(1)";
  async function site() {
    const folder = await mkdtemp(join(tmpdir(), "zixue-site-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, "course/01-intro"), { recursive: true });
    await mkdir(join(folder, "assets"));
    await writeFile(
      join(folder, "index.html"),
      `<script>${SCRIPT}</script><script src="/assets/a.js"></script>首页`,
    );
    await writeFile(join(folder, "404.html"), "没有这一页");
    await writeFile(join(folder, "course/index.html"), "目录");
    await writeFile(join(folder, "course/01-intro/03-what.md-is-2.5.html"), "第三节");
    await writeFile(join(folder, "assets/a.js"), "1");
    return folder;
  }

  it.each([
    ["/", "首页"],
    ["/index.html", "首页"],
    ["/course/", "目录"],
    ["/course", "目录"],
    ["/course/01-intro/03-what.md-is-2.5", "第三节"],
    ["/course/01-intro/03-what.md-is-2.5.html", "第三节"],
  ])("serves a page at %s", async (path, text) => {
    const bot = await start({ siteFolder: await site() });
    const response = await bot.get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain(text);
  });

  it("lets a page's own inline scripts run, by their hash alone", async () => {
    const bot = await start({ siteFolder: await site() });
    const policy = (await bot.get("/")).headers.get("content-security-policy");
    const hash = createHash("sha256").update(SCRIPT).digest("base64");
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
  });

  it("keeps built files for ever", async () => {
    const bot = await start({ siteFolder: await site() });
    expect((await bot.get("/assets/a.js")).headers.get("cache-control")).toContain("immutable");
  });

  it("shows its own page for what there is not, and a problem to programs", async () => {
    const bot = await start({ siteFolder: await site() });
    const page = await bot.get("/nothing", { headers: { accept: "text/html" } });
    expect([page.status, await page.text()]).toEqual([404, "没有这一页"]);
    const problem = await bot.get("/nothing", { headers: { accept: "application/json" } });
    expect([problem.status, problem.headers.get("content-type")]).toEqual([
      404,
      "application/problem+json; charset=utf-8",
    ]);
    expect(
      (await bot.get("/api/nothing", { headers: { accept: "text/html" } })).headers.get("content-type"),
    ).toContain("problem+json");
  });

  it.each([
    "/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/course/..%5c..%5cx",
    "/a%00.html",
    "/.env",
  ])("gives nothing outside its folder: %s", async (path) => {
    const bot = await start({ siteFolder: await site() });
    const response = await bot.get(path, { headers: { accept: "text/html" } });
    expect([400, 403, 404]).toContain(response.status);
    expect(await response.text()).not.toContain("root:");
  });

  it("says that the bot runs where no site is built", async () => {
    const bot = await start({ siteFolder: "/nowhere" });
    const page = await (await bot.get("/", { headers: { "accept-language": "en" } })).text();
    expect(page).toContain("course bot is running");
  });
});
