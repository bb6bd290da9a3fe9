import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { syncSnippets } from "../src/index.ts";
import { SECTION, SOURCE_FILE, sectionFile, writeCourse } from "./fixture-course.ts";

const SOURCE = "examples/labs/ngram/count.ts";

describe("syncSnippets", () => {
  it("finds nothing to do when chapter and file agree", async () => {
    const { course } = await writeCourse();
    expect(await syncSnippets(course, { check: true })).toEqual({ snippets: 1, changed: [], problems: [] });
  });

  it("shows what differs and writes nothing when it only checks", async () => {
    const { root, course } = await writeCourse({ [SOURCE]: SOURCE_FILE.replace("= 1", "= 2") });
    const { changed } = await syncSnippets(course, { check: true });
    expect(changed).toMatchObject([{ file: "01-intro/01-language-model.md", source: `${SOURCE}#count` }]);
    expect(changed[0]?.diff).toBe("- const count = 1;\n+ const count = 2;");
    expect(await readFile(join(root, SECTION), "utf8")).toBe(sectionFile());
  });

  it("copies the region in, leaves the rest of the file alone, and then agrees", async () => {
    const { root, course } = await writeCourse({ [SOURCE]: SOURCE_FILE.replace("= 1", "= 2") });
    await syncSnippets(course);
    expect(await readFile(join(root, SECTION), "utf8")).toBe(sectionFile().replace("count = 1", "count = 2"));
    expect((await syncSnippets(course, { check: true })).changed).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      "inner regions and indentation",
      "  // #region count\n  a();\n  // #region inner\n    b();\n  // #endregion\n  // #endregion\n",
      "a();\n  b();",
    ],
    [
      "backticks in the code",
      "// #region count\nconst s = `\n```\n`;\n// #endregion\n",
      "const s = `\n```\n`;",
    ],
    ["CRLF in the source", "// #region count\r\na();\r\nb();\r\n// #endregion\r\n", "a();\nb();"],
  ])("copes with %s", async (_, source, expected) => {
    const { root, course } = await writeCourse({ [SOURCE]: source });
    await syncSnippets(course);
    expect(await readFile(join(root, SECTION), "utf8")).toContain(expected);
    expect((await syncSnippets(course, { check: true })).changed).toEqual([]);
  });

  it("keeps the indentation of a fence in a list", async () => {
    const body = (text: string) => `${text}\n- 一步\n\n  \`\`\`ts file=${SOURCE}#count\n  old();\n  \`\`\`\n`;
    const { root, course } = await writeCourse({ [SECTION]: sectionFile({ body }) });
    await syncSnippets(course);
    expect(await readFile(join(root, SECTION), "utf8")).toContain(
      `\n  \`\`\`ts file=${SOURCE}#count\n  const count = 1;\n  \`\`\`\n`,
    );
  });

  it.each([
    ["a file that there is not", "examples/none.ts", /no file/],
    ["a region that there is not", `${SOURCE}#other`, /no region other/],
    ["a file outside the repository", "../../secret.ts", /in the repository/],
  ])("reports %s and leaves the chapter as it is", async (_, source, message) => {
    const content = sectionFile({ body: (text) => text.replace(`${SOURCE}#count`, source) });
    const { root, course } = await writeCourse({ [SECTION]: content });
    const { problems } = await syncSnippets(course);
    expect(problems).toMatchObject([
      { file: "01-intro/01-language-model.md", rule: "snippets", message: expect.stringMatching(message) },
    ]);
    expect(await readFile(join(root, SECTION), "utf8")).toBe(content);
  });

  it("reports a region that is never closed", async () => {
    const { course } = await writeCourse({ [SOURCE]: "// #region count\na();\n" });
    expect((await syncSnippets(course)).problems).toHaveLength(1);
  });
});
