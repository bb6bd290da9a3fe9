import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { breakEvenDocuments, dayCost } from "../cost.ts";
import { billDay, crossing } from "../ledger.ts";
import { checkPriceList, type Price, readPriceList } from "../price-list.ts";
import type { Workload } from "../workload.ts";

const tokens = (max: number) => fc.integer({ min: 0, max });
const jobs: fc.Arbitrary<Workload> = fc
  .record({
    documents: tokens(1_000_000),
    instructions: tokens(2000),
    question: tokens(500),
    retrieved: tokens(20_000),
    answer: tokens(4000),
    thinking: tokens(50_000),
    callsPerDay: fc.integer({ min: 1, max: 60 }),
    coldCallsPerDay: tokens(60),
  })
  .map((job) => ({ ...job, coldCallsPerDay: Math.min(job.coldCallsPerDay, job.callsPerDay) }));
const cents = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / 100);
const prices: fc.Arbitrary<Price> = fc.record({
  name: fc.constant("any"),
  cachedInput: cents(1, 100),
  input: cents(100, 2000),
  output: cents(100, 9000),
  source: fc.constant("https://example.com/"),
  asOf: fc.constant("2026-10"),
});

describe("dayCost", () => {
  it("equals the bill that is written down call by call, for every way of answering", () => {
    fc.assert(
      fc.property(prices, jobs, (price, job) => {
        const day = dayCost(price, job);
        for (const way of ["noCache", "cached", "retrieval"] as const) {
          const bill = billDay(price, job, way);
          expect(Math.abs(day[way] - bill)).toBeLessThanOrEqual(1e-9 * Math.max(1, bill));
        }
      }),
    );
  });

  it("never costs more with a cache whose price is below that of fresh input", () => {
    fc.assert(
      fc.property(prices, jobs, (price, job) => {
        const day = dayCost(price, job);
        expect(day.cached).toBeLessThanOrEqual(day.noCache + 1e-9);
      }),
    );
  });
});

describe("breakEvenDocuments", () => {
  it("is where the two bills cross, as halving finds it", () => {
    fc.assert(
      fc.property(prices, jobs, (price, job) => {
        const formula = breakEvenDocuments(price, job);
        // Halving goes over whole documents, so it may end on either side of where the bills are equal.
        expect(Math.abs(crossing(price, job) - Math.max(0, formula))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it("is the retrieved length itself when nothing is ever cached", () => {
    fc.assert(
      fc.property(prices, jobs, (price, job) => {
        const cold = { ...job, coldCallsPerDay: job.callsPerDay };
        expect(breakEvenDocuments(price, cold)).toBeCloseTo(job.retrieved, 6);
      }),
    );
  });
});

describe("price list", () => {
  it("gives every price a source and a month", async () => {
    const { prices } = await readPriceList(new URL("../prices.json", import.meta.url));
    for (const price of prices) {
      expect(price.source).toMatch(/^https:\/\//);
      expect(price.asOf).toMatch(/^\d{4}-\d\d$/);
    }
  });

  it("names the entry and the field that are wrong", () => {
    const good = { name: "a", cachedInput: 0, input: 1, output: 1, source: "s", asOf: "2026-10" };
    expect(() => checkPriceList({ currency: "元", prices: [good, { ...good, output: -1 }] })).toThrow(
      /prices\[1\] 的 output/,
    );
    expect(() => checkPriceList({ currency: "元", prices: [{ ...good, source: "" }] })).toThrow(/source/);
    expect(() => checkPriceList([])).toThrow(/prices/);
  });
});
