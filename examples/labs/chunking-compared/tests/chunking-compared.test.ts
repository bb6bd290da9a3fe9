import type { WrittenSection } from "@zixue/course";
import { parseMarkdown } from "@zixue/rag";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compact, readMaterial } from "../material.ts";
import { measure, tornSentences } from "../measure.ts";
import { byStructure, fixedSize } from "../splitters.ts";

const sectionOf = (content: string) =>
  ({ id: "t", document: parseMarkdown({ id: "t", content }) }) as unknown as WrittenSection;

describe("fixedSize", () => {
  it("covers the text, in chunks of the size, that overlap as asked", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("检索", "召回", "。", "，", "a", "😀"), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 0, max: 2 }),
        (words, size, overlap) => {
          const section = sectionOf(words.join(""));
          const text = [...section.document.blocks.map((block) => block.text).join("\n\n")];
          const chunks = fixedSize(size, overlap)(section).map((chunk) => [...chunk.text]);
          for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(size);
          const joined = chunks.flatMap((chunk, index) => (index === 0 ? chunk : chunk.slice(overlap)));
          expect(joined).toEqual(text);
        },
      ),
    );
  });
});

describe("tornSentences", () => {
  const section = sectionOf("# 题\n\n第一句话讲切分。第二句话讲召回。第三句话讲重排。");

  it("names the sentence that no chunk holds whole", () => {
    expect(tornSentences(section, fixedSize(14, 0)(section))).toEqual(["第二句话讲召回。"]);
  });

  it("finds none when chunks are cut between sentences", () => {
    expect(tornSentences(section, byStructure(10, true)(section))).toEqual([]);
  });
});

describe("the course's own chapters", () => {
  it("lose no sentence by structure, and bring back more evidence than cuts by length", async () => {
    const { sections, questions } = await readMaterial(["1.3", "11.1"]);
    expect(questions.length).toBeGreaterThan(30);
    const structured = await measure(sections, questions, byStructure(320, true), [5]);
    const fixed = await measure(sections, questions, fixedSize(Math.round(structured.length), 0), [5]);
    expect(structured.torn).toBe(0);
    expect(fixed.torn).toBeGreaterThan(10);
    expect(structured.recall.get(5)).toBeGreaterThan(fixed.recall.get(5)!);
  });

  it("have evidence that is part of their text", async () => {
    const { sections, questions } = await readMaterial(["11.1"]);
    const text = compact(
      sections.flatMap(({ document }) => document.blocks.map((block) => block.text)).join("\n"),
    );
    for (const { evidence } of questions)
      for (const quote of evidence) expect(text).toContain(compact(quote));
  });
});
