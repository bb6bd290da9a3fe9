import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../src/listen.ts";
import { readSettings } from "../src/settings.ts";

describe("readSettings", () => {
  it("listens to this machine alone unless told otherwise", () => {
    expect(readSettings({})).toMatchObject({
      host: "127.0.0.1",
      port: 4321,
      portIsFixed: false,
      requestsPerMinute: 6000,
    });
    expect(readSettings({ HOST: "0.0.0.0" }).requestsPerMinute).toBe(120);
    expect(readSettings({ RATE_LIMIT: "0" }).requestsPerMinute).toBeUndefined();
    expect(readSettings({ PORT: "", ACCESS_TOKEN: " " })).toMatchObject({
      port: 4321,
      accessToken: undefined,
    });
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "70000"],
    ["ACCESS_TOKEN", "short"],
    ["RATE_LIMIT", "-1"],
    ["LOG_LEVEL", "loud"],
    ["TRUST_PROXY", "yes"],
  ])("names %s when it is %j", (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(new RegExp(`${name}: `));
  });
});

describe("listen", () => {
  async function takenPort(): Promise<number> {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as { port: number }).port;
  }

  it("takes the next port that is free, where it may", async () => {
    const port = await takenPort();
    const listening = await listen((_, response) => void response.end(), {
      host: "127.0.0.1",
      port,
      alternatives: 20,
    });
    onTestFinished(() => listening.stop({ graceMs: 10 }));
    expect(listening.port).toBeGreaterThan(port);
    expect((await fetch(listening.url)).status).toBe(200);
  });

  it("says that the port is taken and what to do, where no other will do", async () => {
    const port = await takenPort();
    await expect(listen(() => {}, { host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "port-taken",
      message: expect.stringContaining(`PORT=${port + 1}`),
    });
  });

  it("says that an address is not of this machine", async () => {
    await expect(listen(() => {}, { host: "203.0.113.7", port: 0 })).rejects.toMatchObject({
      code: "invalid-setting",
    });
  });
});
