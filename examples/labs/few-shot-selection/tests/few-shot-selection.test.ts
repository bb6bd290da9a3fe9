import { describe, expect, it } from "vitest";
import { asked, reworded } from "../messages.ts";
import { examples, measure, strategies, triage } from "../prompt.ts";

describe("choosing examples", () => {
  it("by likeness shows the right category more often than the first ones do, for as many tokens", async () => {
    const first = await measure(strategies["前 3 条"]!, asked);
    const similar = await measure(strategies["按相似度取 3 条"]!, asked);
    expect(similar.covered).toBeGreaterThan(first.covered);
    expect(similar.nearestRight).toBeGreaterThan(first.nearestRight);
    expect(Math.abs(similar.tokens - first.tokens)).toBeLessThan(0.15 * first.tokens);
  });

  it("costs a fraction of showing them all", async () => {
    const all = await measure(strategies.全部!, asked);
    const similar = await measure(strategies["按相似度取 3 条"]!, asked);
    expect(all.shown).toBe(examples.length);
    expect(all.tokens).toBeGreaterThan(2.5 * similar.tokens);
  });

  it("by words finds less when the question is worded otherwise", async () => {
    const same = await measure(strategies["按相似度取 3 条"]!, asked);
    const other = await measure(strategies["按相似度取 3 条"]!, reworded);
    expect(other.nearestRight).toBeLessThan(same.nearestRight);
  });

  it("by length stays within its budget", async () => {
    const none = await measure(null, asked);
    const some = await measure(strategies["按长度，至多 300 token"]!, asked);
    // Each rendering has random fence ids, whose tokens are counted anew: hence the margin.
    expect(some.tokens - none.tokens).toBeLessThan(340);
    expect(some.shown).toBeGreaterThan(1);
  });

  it("gives way when the budget is short, and says so", async () => {
    const prompt = triage.withExamples(examples).fitTo(500);
    const { tokens, dropped } = await prompt.renderDetailed({ message: "发票怎么开？" });
    expect(tokens).toBeLessThanOrEqual(500);
    expect(dropped).toMatchObject([{ from: "examples", unit: "examples" }]);
  });
});
