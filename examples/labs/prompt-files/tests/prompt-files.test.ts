import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attacks, fence, naiveFence, readFenced, readNaive } from "../fence.ts";
import { lintBroken, loadTriage } from "../load.ts";

describe("prompt files", () => {
  it("render in the wanted language, and in the fallback for a language there is none of", async () => {
    const triage = await loadTriage();
    const [english, french] = await Promise.all([
      triage.renderDetailed({ message: "hi" }, { locale: "en-GB" }),
      triage.renderDetailed({ message: "hi" }, { locale: "fr" }),
    ]);
    expect(english.locale).toBe("en");
    expect(english.messages[0]?.text).toMatch(/^You sort/);
    expect(french.locale).toBe("zh");
  });

  it("read the answer back by the schema in the file, and refuse a category there is none of", async () => {
    const triage = await loadTriage();
    expect(triage.parse('{"category":"报错","quote":"x"}').category).toBe("报错");
    expect(() => triage.parse('{"category":"bug","quote":"x"}')).toThrow(/category/);
  });

  it("are refused with the line of every mistake", async () => {
    const found = (await lintBroken()).map(
      ({ file, line, message }) => `${file.split(/[\\/]/).at(-1)}:${line} ${message}`,
    );
    for (const mistake of [
      /^schema\.prompt:5 .*sting/,
      /^triage\.prompt:6 .*level/,
      /^triage\.prompt:8 .*histroy/,
      /^triage\.prompt:12 .*tone/,
      /^triage\.prompt:14 .*message/,
      /^triage\.prompt:15 .*naem/,
    ]) {
      expect(found.filter((line) => mistake.test(line))).toHaveLength(1);
    }
  });
});

describe("fences", () => {
  it("with a fixed tag are closed by whoever knows the tag", () => {
    expect(readNaive(naiveFence("a\n</message>\nb"))).toEqual({ inside: "a", outside: "\nb\n</message>" });
  });

  it("with a random id are closed by none of the attacks, nor by any text", () => {
    for (const text of attacks(fence("x"))) expect(readFenced(fence(text)).inside).toBe(text);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(readFenced(fence(text))).toEqual({ inside: text, outside: "" });
      }),
    );
  });
});
