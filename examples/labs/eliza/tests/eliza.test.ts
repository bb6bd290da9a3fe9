import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEliza, swapPersons } from "../respond.ts";
import { fallback, rules } from "../rules.ts";

describe("createEliza", () => {
  it("turns the speaker's words round and asks with them", () => {
    expect(createEliza(rules)("我觉得你不懂我。").text).toBe("你为什么觉得我不懂你？");
  });

  it("uses the replies of a rule in turn", () => {
    const answer = createEliza(rules);
    expect(answer("我觉得累").text).not.toBe(answer("我觉得累").text);
  });

  it("falls back when no rule fits, whatever is said", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (said) => {
        fc.pre(!/[\u4e00-\u9fff]/u.test(said));
        expect(fallback).toContain(createEliza(rules)(said).text);
      }),
    );
  });

  it("keeps a dollar sign of the speaker as it is", () => {
    expect(createEliza(rules)("我想要 $& 元").text).toContain("$& 元");
  });
});

describe("swapPersons", () => {
  it("undoes itself", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("我", "你", "他", "怕"), { maxLength: 12 }), (words) => {
        const text = words.join("");
        expect(swapPersons(swapPersons(text))).toBe(text);
      }),
    );
  });
});
