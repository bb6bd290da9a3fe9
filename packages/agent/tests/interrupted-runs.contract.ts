import { describe, expect, it } from "vitest";
import type { StateStore } from "../src/index.ts";
import { collect } from "./collect.ts";
import { mailDesk, mails, only } from "./mail-desk.ts";

interface Opened {
  readonly store: StateStore;
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<StateStore>;
}

/** What going on with an interrupted run needs of a store. `open` gives an empty one each time. */
export function describeInterruptedRuns(name: string, open: () => Opened | Promise<Opened>): void {
  describe(`an interrupted run over ${name}`, () => {
    it("goes on after the model failed, with the results it had", async () => {
      const { store, reopen } = await open();
      const desk = mailDesk([mails("a")], { asks: false, failAt: 1 });
      const first = await collect(desk.agent(store).run("发", { threadId: "t" }));
      expect(first.at(-1)).toMatchObject({ status: "failed" });
      const events = await collect(desk.agent(await reopen()).resume("t"));
      expect(events.at(-1)).toMatchObject({ status: "completed", text: "完成。", usage: { steps: 1 } });
      expect(desk.sent).toEqual(["a"]);
    });

    it("has nothing to go on with when it ended or never began", async () => {
      const { store } = await open();
      const desk = mailDesk([]);
      await expect(collect(desk.agent(store).resume("t"))).rejects.toMatchObject({
        code: "nothing-to-resume",
      });
      await collect(desk.agent(store).run("好", { threadId: "t" }));
      await expect(collect(desk.agent(store).resume("t"))).rejects.toMatchObject({
        code: "nothing-to-resume",
      });
    });

    for (const onUnfinished of ["tell", "ask", "rerun"] as const) {
      it(`with "${onUnfinished}", handles a call that was cut off, and runs those beside it once`, async () => {
        const { store, reopen } = await open();
        const stop = new AbortController();
        const calls = [...mails("a", "hang"), { name: "look", args: { to: "hang", text: "" }, id: "l" }];
        const desk = mailDesk([calls], { asks: false, onUnfinished });
        const run = collect(desk.agent(store).run("发", { threadId: "t", signal: stop.signal }));
        await desk.hanging;
        stop.abort();
        expect((await run).at(-1)).toMatchObject({ status: "aborted" });
        expect(desk.sent.sort()).toEqual(["a", "hang", "hang"]);

        desk.release();
        const agent = desk.agent(await reopen());
        let events = await collect(agent.resume("t"));
        // The tool that only reads is simply run again.
        expect(desk.ran("look")).toBe(2);
        if (onUnfinished === "ask") {
          expect(only(events, "approval-needed")[0]?.calls).toMatchObject([
            { id: "to-hang", why: "unfinished", reason: expect.stringContaining("may have taken effect") },
          ]);
          expect(desk.ran("send")).toBe(2);
          await expect(
            collect(agent.resume("t", { "to-hang": { type: "approve", always: true } })),
          ).rejects.toMatchObject({ code: "invalid-decision" });
          events = await collect(agent.resume("t", { "to-hang": { type: "approve" } }));
        }
        expect(desk.ran("send")).toBe(onUnfinished === "tell" ? 2 : 3);
        expect(events.at(-1)).toMatchObject({ status: "completed" });
        expect(only(events, "tool-result").filter(({ mayHaveRun }) => mayHaveRun)).toMatchObject([
          { id: "to-hang", isError: onUnfinished === "tell" },
        ]);
        expect(desk.read()).toHaveLength(3);
      });
    }

    it("is closed by a new input: what is known of its calls is told, and nothing runs again", async () => {
      const { store, reopen } = await open();
      const stop = new AbortController();
      const calls = [...mails("a", "hang"), { name: "look", args: { to: "hang", text: "" }, id: "l" }];
      const desk = mailDesk([calls], { asks: false });
      const run = collect(desk.agent(store).run("发", { threadId: "t", signal: stop.signal }));
      await desk.hanging;
      stop.abort();
      await run;
      const events = await collect(desk.agent(await reopen()).run("怎么样了？", { threadId: "t" }));
      expect(desk.sent.sort()).toEqual(["a", "hang", "hang"]);
      expect(only(events, "tool-result")).toMatchObject([
        { id: "to-hang", isError: true, mayHaveRun: true },
        { id: "l", isError: true },
      ]);
      expect(desk.read()).toEqual([
        "sent to a",
        expect.stringContaining("not known whether"),
        expect.stringContaining("no result"),
      ]);
    });

    it("keeps a decision though the run that it began was cut off", async () => {
      const { store, reopen } = await open();
      const stop = new AbortController();
      const desk = mailDesk([mails("a", "hang", "c")]);
      await collect(desk.agent(store).run("发", { threadId: "t" }));
      const decisions = {
        "to-a": { type: "reject", reason: "不" },
        "to-hang": { type: "approve" },
      } as const;
      const run = collect(desk.agent(store).resume("t", decisions, { signal: stop.signal }));
      await desk.hanging;
      stop.abort();
      await run;
      desk.release();
      const agent = desk.agent(await reopen());
      expect((await agent.pending("t")).map(({ id }) => id)).toEqual(["to-c"]);
      await expect(collect(agent.resume("t", decisions))).rejects.toMatchObject({ code: "invalid-decision" });
      const events = await collect(agent.resume("t"));
      expect(only(events, "approval-needed")[0]?.calls).toMatchObject([{ id: "to-c" }]);
      const last = await collect(agent.resume("t", { "to-c": { type: "approve" } }));
      expect(last.at(-1)).toMatchObject({ status: "completed" });
      expect(desk.sent).toEqual(["hang", "c"]);
      expect(desk.read()).toEqual([
        expect.stringContaining("rejected"),
        expect.stringContaining("not known whether"),
        "sent to c",
      ]);
    });

    it("does not run a call that was refused before, since its arguments were broken", async () => {
      const { store, reopen } = await open();
      const stop = new AbortController();
      const broken = { name: "send", args: '{"to": "b", "text": "x"', id: "broken" };
      const desk = mailDesk([[...mails("hang"), broken as never]], { asks: false });
      const run = collect(desk.agent(store).run("发", { threadId: "t", signal: stop.signal }));
      await desk.hanging;
      stop.abort();
      await run;
      desk.release();
      await collect(desk.agent(await reopen()).resume("t"));
      expect(desk.sent).toEqual(["hang"]);
      expect(desk.read()[1]).toContain("not a valid JSON object");
    });
  });
}
