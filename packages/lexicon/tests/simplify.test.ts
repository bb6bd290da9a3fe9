import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simplify, simplifyCodePoint } from "../src/index.ts";

describe("simplify", () => {
  it("turns traditional text into simplified text", () => {
    expect(simplify("語言模型與檢索增強，裡面還有後處理")).toBe("语言模型与检索增强，里面还有后处理");
  });

  it("leaves simplified text alone", () => {
    const text = "他们什么时候发现了幺正变换里的问题？GPT-4 也说不清。";
    expect(simplify(text)).toBe(text);
  });

  it("handles characters outside the basic plane on either side", () => {
    expect(simplify("㗲 𧜵")).toBe("𠵾 䙊");
  });

  it("keeps the number of code points and is idempotent for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = simplify(text);
        expect([...once].length).toBe([...text].length);
        expect(simplify(once)).toBe(once);
      }),
    );
  });

  it("needs one look-up for every Han character", () => {
    const unstable: string[] = [];
    for (let codePoint = 0x3400; codePoint <= 0x9fff; codePoint++) {
      const once = simplifyCodePoint(codePoint);
      if (simplifyCodePoint(once) !== once) unstable.push(String.fromCodePoint(codePoint));
    }
    expect(unstable).toEqual([]);
  });
});
