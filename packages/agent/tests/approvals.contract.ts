import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decision, StateStore } from "../src/index.ts";
import { collect } from "./collect.ts";
import { mailDesk, mails, only } from "./mail-desk.ts";

interface Opened {
  readonly store: StateStore;
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<StateStore>;
}

/** What approvals need of a store. `open` gives an empty one each time. */
export function describeApprovals(
  name: string,
  open: () => Opened | Promise<Opened>,
  { numRuns = 25 }: { readonly numRuns?: number } = {},
): void {
  describe(`approvals over ${name}`, () => {
    it("shows what waits after a restart, and takes any mix of decisions then", async () => {
      const { store, reopen } = await open();
      const desk = mailDesk([mails("a", "b", "c")]);
      const first = await collect(desk.agent(store).run("发给他们", { threadId: "t", userId: "li" }));
      const asked = only(first, "approval-needed")[0]?.calls;
      expect(asked).toEqual(
        ["a", "b", "c"].map((to) => ({
          id: `to-${to}`,
          name: "send",
          args: { to, text: "你好" },
          why: "policy",
          description: `Mail to ${to}`,
        })),
      );
      const again = desk.agent(await reopen());
      expect(await again.pending("t")).toEqual(asked);
      expect(await again.pending("t", { userId: "li" })).toHaveLength(3);
      await expect(again.pending("t", { userId: "wang" })).rejects.toMatchObject({ code: "not-found" });
      expect(await again.pending("none")).toEqual([]);

      const events = await collect(
        again.resume("t", {
          "to-a": { type: "approve" },
          "to-b": { type: "edit", args: { to: "d", text: "改" } },
          "to-c": { type: "reject", reason: "不熟" },
        }),
      );
      expect(events.at(-1)).toMatchObject({ type: "done", status: "completed" });
      expect(desk.sent.sort()).toEqual(["a", "d"]);
      expect(await again.pending("t")).toEqual([]);
      expect(desk.read()).toEqual([
        "sent to a",
        expect.stringMatching(/^The user changed .*\nsent to d$/s),
        expect.stringContaining("不熟"),
      ]);
    });

    it("refuses a wrong decision before any other counts", async () => {
      const { store } = await open();
      const desk = mailDesk([mails("a", "b")]);
      const agent = desk.agent(store);
      await collect(agent.run("发", { threadId: "t" }));
      const wrong: [Decision, RegExp][] = [
        [{ type: "edit", args: { to: 7 } } as never, /"to-b" do not fit send: .*to.*text/s],
        [{ type: "edit", args: [] } as never, /must be/],
        [{ type: "maybe" } as never, /must be/],
        [{ type: "reject" } as never, /must be/],
        [{ type: "approve", always: { args: ["cc"] } }, /"cc".*no argument.*to, text/],
        [{ type: "approve", always: { args: [] } }, /names of its arguments/],
      ];
      for (const [decision, message] of wrong) {
        const resumed = collect(agent.resume("t", { "to-a": { type: "approve" }, "to-b": decision }));
        await expect(resumed).rejects.toMatchObject({
          code: "invalid-decision",
          message: expect.stringMatching(message),
        });
      }
      expect(desk.sent).toEqual([]);
      expect(await agent.grants("t")).toEqual([]);
      expect(await agent.pending("t")).toHaveLength(2);
      await expect(collect(agent.resume("t"))).rejects.toThrow(/at least one of: to-a/);
      const approved = { "to-a": { type: "approve" }, "to-b": { type: "approve" } } as const;
      expect((await collect(agent.resume("t", approved))).at(-1)).toMatchObject({ status: "completed" });
      expect(desk.sent.sort()).toEqual(["a", "b"]);
    });

    it("lets one of two decide at the same time, and refuses what was decided before", async () => {
      const { store } = await open();
      const desk = mailDesk([mails("a"), mails("b")]);
      await collect(desk.agent(store).run("发", { threadId: "t" }));
      const decisions = { "to-a": { type: "approve" } } as const;
      const both = await Promise.allSettled(
        [1, 2].map(() => collect(desk.agent(store).resume("t", decisions))),
      );
      expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(both.find(({ status }) => status === "rejected")).toMatchObject({
        reason: { code: "thread-busy" },
      });
      expect(desk.sent).toEqual(["a"]);
      // The next pause is another one: decisions on the one before do not count for it.
      await expect(collect(desk.agent(store).resume("t", decisions))).rejects.toMatchObject({
        code: "invalid-decision",
        message: expect.stringContaining("to-b"),
      });
      expect(desk.sent).toEqual(["a"]);
      await collect(desk.agent(store).resume("t", { "to-b": { type: "approve" } }));
      await expect(
        collect(desk.agent(store).resume("t", { "to-b": { type: "approve" } })),
      ).rejects.toMatchObject({ code: "nothing-to-resume" });
      expect(desk.sent).toEqual(["a", "b"]);
    });

    it("tells calls of different pauses apart when the model repeats their ids", async () => {
      const { store } = await open();
      const again = (to: string) => [{ ...mails(to)[0]!, id: "call_1" }];
      const desk = mailDesk([again("a"), again("b")]);
      await collect(desk.agent(store).run("发", { threadId: "t" }));
      await collect(desk.agent(store).resume("t", { call_1: { type: "approve" } }));
      const stale = collect(desk.agent(store).resume("t", { call_1: { type: "approve" } }));
      await expect(stale).rejects.toMatchObject({ code: "invalid-decision" });
      expect(desk.sent).toEqual(["a"]);
      const [waiting] = await desk.agent(store).pending("t");
      await collect(desk.agent(store).resume("t", { [waiting!.id]: { type: "approve" } }));
      expect(desk.sent).toEqual(["a", "b"]);
    });

    it("lets through what was approved for always, in another process too, until it is taken back", async () => {
      const { store, reopen } = await open();
      const desk = mailDesk([mails("a", "b"), mails("a"), mails("b")]);
      await collect(desk.agent(store).run("发", { threadId: "t" }));
      const events = await collect(
        desk.agent(store).resume("t", {
          "to-a": { type: "approve", always: { args: ["to"] } },
          "to-b": { type: "reject", reason: "" },
        }),
      );
      // The second mail to a went by itself; the one to b waits.
      expect(desk.sent).toEqual(["a", "a"]);
      expect(events.at(-1)).toMatchObject({ status: "waiting" });
      const agent = desk.agent(await reopen());
      const grants = await agent.grants("t");
      expect(grants).toMatchObject([{ tool: "send", args: { to: "a" } }]);
      await expect(agent.grants("t", { userId: "wang" })).rejects.toMatchObject({ code: "not-found" });

      // Taken back while calls wait, and they go on waiting.
      expect(await agent.revoke("t", "none")).toBe(false);
      expect(await agent.revoke("t", grants[0]!.id)).toBe(true);
      expect(await agent.grants("t")).toEqual([]);
      desk.addTurn(mails("a"));
      const [waiting] = await agent.pending("t");
      const last = await collect(agent.resume("t", { [waiting!.id]: { type: "approve", always: true } }));
      expect(desk.sent).toEqual(["a", "a", "b", "a"]);
      expect(last.at(-1)).toMatchObject({ status: "completed" });
      desk.addTurn(mails("x"));
      await collect(agent.run("再发", { threadId: "t" }));
      expect(desk.sent.at(-1)).toBe("x");
      // Another thread was granted nothing.
      desk.addTurn(mails("y"));
      expect((await collect(agent.run("发", { threadId: "u" }))).at(-1)).toMatchObject({ status: "waiting" });
      expect(await agent.revoke("t")).toBe(true);
      desk.addTurn(mails("z"));
      expect((await collect(agent.run("又发", { threadId: "t" }))).at(-1)).toMatchObject({
        status: "waiting",
      });
      await agent.deleteThread("t");
      expect(await agent.grants("t")).toEqual([]);
    });

    it("rejects what was rejected though the same pause grants it, and lets go what waited for it", async () => {
      const { store } = await open();
      const desk = mailDesk([mails("a", "b", "c")]);
      await collect(desk.agent(store).run("发", { threadId: "t" }));
      const events = await collect(
        desk.agent(store).resume("t", {
          "to-a": { type: "approve", always: true },
          "to-b": { type: "reject", reason: "" },
        }),
      );
      expect(desk.sent.sort()).toEqual(["a", "c"]);
      expect(events.at(-1)).toMatchObject({ status: "completed" });
    });

    it("resumes for the thread's own user only", async () => {
      const { store } = await open();
      const desk = mailDesk([mails("a")]);
      const agent = desk.agent(store);
      await collect(agent.run("发", { threadId: "t", userId: "li" }));
      const decisions = { "to-a": { type: "approve" } } as const;
      await expect(collect(agent.resume("t", decisions, { userId: "wang" }))).rejects.toMatchObject({
        code: "not-found",
      });
      await expect(collect(agent.resume("none", decisions, { userId: "li" }))).rejects.toMatchObject({
        code: "not-found",
      });
      expect(desk.sent).toEqual([]);
      await collect(agent.resume("t", decisions, { userId: "li" }));
      expect(desk.sent).toEqual(["a"]);
    });

    it("runs each approved call once and no rejected one, whatever the mix and the order", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({ free: fc.boolean(), decision: fc.constantFrom("approve", "edit", "reject") }),
            {
              minLength: 1,
              maxLength: 6,
            },
          ),
          fc.infiniteStream(fc.nat()),
          fc.boolean(),
          async (plan, numbers, restarts) => {
            const opened = await open();
            let { store } = opened;
            const calls = plan.map(({ free }, index) => ({
              name: free ? "look" : "send",
              args: { to: `p${index}`, text: "" },
              id: `c${index}`,
            }));
            const desk = mailDesk([calls]);
            let events = await collect(desk.agent(store).run("发", { threadId: "t" }));
            const left = plan.flatMap(({ free }, index) => (free ? [] : [index]));
            const free = plan.flatMap(({ free }, index) => (free ? [`p${index}`] : []));
            expect([...desk.sent].sort()).toEqual(free.sort());
            while (left.length > 0) {
              expect(events.at(-1)).toMatchObject({ status: "waiting" });
              if (restarts) store = await opened.reopen();
              const waiting = await desk.agent(store).pending("t");
              expect(waiting.map(({ id }) => id).sort()).toEqual(left.map((index) => `c${index}`).sort());
              const size = 1 + (numbers.next().value! % left.length);
              const decisions: Record<string, Decision> = {};
              for (let i = 0; i < size; i++) {
                const [index] = left.splice(numbers.next().value! % left.length, 1);
                decisions[`c${index}`] = decisionOf(plan[index!]!.decision, index!);
              }
              events = await collect(desk.agent(store).resume("t", decisions));
            }
            expect(events.at(-1)).toMatchObject({ status: "completed" });
            const wanted = plan.flatMap(({ free, decision }, index) =>
              free || decision === "approve" ? [`p${index}`] : decision === "edit" ? [`e${index}`] : [],
            );
            expect([...desk.sent].sort()).toEqual(wanted.sort());
            expect(desk.read()).toHaveLength(plan.length);
          },
        ),
        { numRuns },
      );
    });
  });
}

function decisionOf(kind: string, index: number): Decision {
  if (kind === "approve") return { type: "approve" };
  if (kind === "edit") return { type: "edit", args: { to: `e${index}`, text: "" } };
  return { type: "reject", reason: "不要" };
}
