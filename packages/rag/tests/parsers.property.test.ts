import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ParsedDocument,
  parseHtml,
  parseMarkdown,
  parseText,
  RagError,
  splitDocument,
} from "../src/index.ts";

const blnsFolder = fileURLToPath(new URL("../../../../shared/eval/blns", import.meta.url));
const parsers: Record<string, (content: string) => ParsedDocument | Promise<ParsedDocument>> = {
  markdown: (content) => parseMarkdown({ id: "d", content }),
  text: (content) => parseText({ id: "d", content }),
  html: (content) => parseHtml({ id: "d", content }),
};

function checkBlocks(document: ParsedDocument): void {
  let end = 0;
  for (const block of document.blocks) {
    expect(block.start).toBeGreaterThanOrEqual(end);
    expect(block.end).toBeGreaterThanOrEqual(block.start);
    expect(block.end).toBeLessThanOrEqual(document.content.length);
    expect(block.text.trim()).not.toBe("");
    expect(block.id).toMatch(/^d#[0-9a-f]{8}(?:-\d+)?$/);
    end = block.end;
  }
  expect(new Set(document.blocks.map((b) => b.id)).size).toBe(document.blocks.length);
}

async function parse(name: string, content: string): Promise<ParsedDocument | undefined> {
  try {
    return await parsers[name]!(content);
  } catch (error) {
    // The one documented refusal: front matter that is no YAML.
    expect(error).toBeInstanceOf(RagError);
    expect(name).toBe("markdown");
    expect(content).toMatch(/^\ufeff?---/);
    return undefined;
  }
}

const mark = fc.constantFrom(
  "\n",
  "\n\n",
  "\r\n",
  "\r",
  "\t",
  "  ",
  "- ",
  "1. ",
  "> ",
  "# ",
  "## ",
  "```\n",
  "~~~\n",
  "$$\n",
  "$",
  "`",
  "**",
  "_",
  "[",
  "](",
  ")",
  "![",
  "|",
  "|-|\n",
  "<div>",
  "</div>",
  "<!--",
  "-->",
  "<p>",
  "<table>",
  "<li>",
  "<pre>",
  "&lt;",
  "---\n",
  "===\n",
  "\\",
  "[^1]",
  "[^1]: ",
  "模型",
  "参数。",
  "word ",
  "\ufeff",
  "\u0000",
  "\u2028",
  "\ud800",
  "\udc00",
  "😀",
  "::: tip\n",
  ":::\n",
  "{{x}}",
); // prettier-ignore
const anything = fc.oneof(
  fc.array(mark, { maxLength: 60 }).map((marks) => marks.join("")),
  fc.string({ unit: "binary", maxLength: 80 }),
);

describe.each(Object.keys(parsers))("the %s parser", (name) => {
  it("takes any string and gives ordered blocks within it, the same each time", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (content) => {
        const document = await parse(name, content);
        if (document === undefined) return;
        checkBlocks(document);
        expect(await parse(name, content)).toEqual(document);
        splitDocument(document, { maxTokens: 20 });
      }),
      { numRuns: 200 },
    );
  });

  it.skipIf(!existsSync(blnsFolder))("takes every naughty string", async () => {
    for (const content of naughtyStrings()) {
      const document = await parse(name, content);
      if (document !== undefined) {
        checkBlocks(document);
        splitDocument(document, { maxTokens: 16 });
      }
    }
  });
});

if (!existsSync(blnsFolder)) console.warn("../shared/eval/blns is absent: naughty strings are not tried.");

describe("Markdown blocks", () => {
  const word = fc.constantFrom(
    "模型",
    "参数",
    "**数据**",
    "`code`",
    "算力。",
    "word ",
    "$x$",
    "[链](/a)",
    "😀",
  );
  const line = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => `文${words.join("")}`);
  const block = fc.oneof(
    line,
    line.map((l) => `## ${l}`),
    line.map((l) => `- ${l}\n- ${l}`),
    line.map((l) => `> ${l}`),
  ); // prettier-ignore

  it("leave nothing between them but whitespace and front matter", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), fc.boolean(), (parts, withFrontMatter) => {
        const front = withFrontMatter ? "---\ntitle: t\n---\n" : "";
        const content = front + parts.join("\n\n");
        const { blocks } = parseMarkdown({ id: "d", content });
        let rest = content.slice(front.length);
        for (const b of [...blocks].reverse()) {
          rest = rest.slice(0, b.start - front.length) + rest.slice(b.end - front.length);
        }
        expect(rest.trim()).toBe("");
      }),
    );
  });

  it("keep their ids when another paragraph is edited", () => {
    fc.assert(
      fc.property(fc.uniqueArray(line, { minLength: 2, maxLength: 8 }), fc.nat(), (lines, pick) => {
        const at = pick % lines.length;
        const edited = lines.map((l, i) => (i === at ? `${l}改` : l));
        const ids = (all: string[]) =>
          parseMarkdown({ id: "d", content: all.join("\n\n") }).blocks.map((b) => b.id);
        const [before, after] = [ids(lines), ids(edited)];
        const texts = parseMarkdown({ id: "d", content: lines.join("\n\n") }).blocks.map((b) => b.text);
        // Two lines may read the same once marks are gone; then ordinals shift, as documented.
        if (new Set(texts).size < texts.length) return;
        for (const [i, id] of before.entries()) expect(after[i] === id).toBe(i !== at);
      }),
    );
  });
});

function naughtyStrings(): string[] {
  const lines = readFileSync(`${blnsFolder}/strings.jsonl`, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}
