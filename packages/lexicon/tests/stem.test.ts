import { describe, expect, it } from "vitest";
import { stem } from "../src/index.ts";

describe("stem", () => {
  it.each([
    ["caresses", "caress"],
    ["ponies", "poni"],
    ["cats", "cat"],
    ["feed", "feed"],
    ["agreed", "agre"],
    ["plastered", "plaster"],
    ["motoring", "motor"],
    ["sing", "sing"],
    ["conflated", "conflat"],
    ["hopping", "hop"],
    ["falling", "fall"],
    ["filing", "file"],
    ["happy", "happi"],
    ["sky", "sky"],
    ["relational", "relat"],
    ["vietnamization", "vietnam"],
    ["hopefulness", "hope"],
    ["formality", "formal"],
    ["triplicate", "triplic"],
    ["electrical", "electr"],
    ["adjustment", "adjust"],
    ["adoption", "adopt"],
    ["probate", "probat"],
    ["rate", "rate"],
    ["controlling", "control"],
    ["roll", "roll"],
    ["generalizations", "gener"],
    ["oscillators", "oscil"],
  ])("reduces %s to %s", (word, expected) => {
    expect(stem(word)).toBe(expected);
  });

  it.each(["ai", "3.14", "c++", "naïve", "模型", "", "GPT"])("leaves %j as it is", (word) => {
    expect(stem(word)).toBe(word);
  });

  it("gives the forms of one word the same stem", () => {
    expect(new Set(["connect", "connected", "connecting", "connection", "connections"].map(stem))).toEqual(
      new Set(["connect"]),
    );
  });
});
