import { describe, expect, it } from "vitest";
import { lintCourse } from "../src/index.ts";
import { FACTS, GLOSSARY, OUTLINE, SECTION, sectionFile, writeCourse } from "./fixture-course.ts";

async function lint(changes: Record<string, string | null> = {}) {
  const { course } = await writeCourse(changes);
  return lintCourse(course);
}
const inBody = (body: (text: string) => string) => ({ [SECTION]: sectionFile({ body }) });
const inFront = (frontMatter: (yaml: string) => string) => ({ [SECTION]: sectionFile({ frontMatter }) });
const lineOf = (text: string, part: string) => text.split("\n").findIndex((line) => line.includes(part)) + 1;

describe("lintCourse", () => {
  it("has nothing to say about a course that keeps the rules", async () => {
    expect((await lint()).problems).toEqual([]);
  });

  it.each<[string, string, RegExp, Record<string, string | null>]>([
    [
      "evidence that is not in the body",
      "evidence",
      /not in the body/,
      inBody((text) => text.replace("一个概率,", "一个数,")),
    ],
    [
      "evidence that occurs twice",
      "evidence",
      /occurs 2 times/,
      inBody((text) => `${text}\n它给每个可能的下一个词一个概率。\n`),
    ],
    [
      "evidence that is only a heading",
      "evidence",
      /not in the body/,
      inBody((text) => text.replace("等于一。", "就是一。").concat("\n## 所有概率加起来等于一\n")),
    ],
    [
      "a question with one point",
      "questions",
      /1 points/,
      inFront((yaml) => yaml.replace(/\n {6}- \{ say: 概率之和是一.*/, "")),
    ],
    [
      "a question with one variant",
      "questions",
      /1 variants/,
      inFront((yaml) => yaml.replace("换一种问法1?, ", "")),
    ],
    [
      "a question without hints",
      "questions",
      /0 hints/,
      inFront((yaml) => yaml.replace("hints: [先想想输入法1]", "hints: []")),
    ],
    [
      "a repeated question id",
      "questions",
      /used twice/,
      inFront((yaml) => yaml.replace("id: q2", "id: q1")),
    ],
    [
      "a repeated wording",
      "questions",
      /already a wording/,
      inFront((yaml) => yaml.replace("ask: 第2个问题", "ask: 第1个问题")),
    ],
    [
      "a title other than the outline's",
      "title",
      /titles are fixed/,
      inFront((yaml) => yaml.replace("语言模型是什么?", "语言模型?")),
    ],
    ["an id other than the outline's", "id", /"9\.1"/, inFront((yaml) => yaml.replace('"1.1"', '"9.1"'))],
    [
      "a prerequisite that there is not",
      "requires",
      /"7\.7"/,
      inFront((yaml) => yaml.replace("requires: []", 'requires: ["7.7"]')),
    ],
    [
      "a prerequisite that comes later",
      "requires",
      /comes to later/,
      inFront((yaml) => yaml.replace("requires: []", 'requires: ["1.2"]')),
    ],
    [
      "prerequisites that form a circle",
      "requires",
      /circle/,
      inFront((yaml) => yaml.replace("requires: []", 'requires: ["1.2"]')),
    ],
    [
      "a missing figure file",
      "figures",
      /does not exist/,
      { "docs/course/01-intro/figures/guess.svg": null },
    ],
    ["a section without a figure", "figures", /no figure/, inBody((text) => text.replace(/!\[.*\)/, ""))],
    [
      "a figure without a description",
      "figures",
      /no description/,
      inBody((text) => text.replace("输入法猜词]", "]")),
    ],
    [
      "a figure from the network",
      "figures",
      /not in the repository/,
      inBody((text) => text.replace("./figures/", "https://example.org/")),
    ],
    [
      "a missing practice folder",
      "practice",
      /does not exist/,
      inFront((yaml) => yaml.replace("labs/ngram", "labs/none")),
    ],
    [
      "a practice folder outside",
      "practice",
      /does not exist/,
      inFront((yaml) => yaml.replace("examples/labs/ngram", "../../..")),
    ],
    [
      "a link to no file",
      "links",
      /no such file/,
      inBody((text) => text.replace("02-kv-cache.md", "02-kv.md")),
    ],
    [
      "a link without its ending",
      "links",
      /write .*\.md/,
      inBody((text) => text.replace("02-kv-cache.md", "02-kv-cache")),
    ],
    ["a link to no heading", "links", /no heading/, inBody((text) => text.replace("#n-gram", "#m-gram"))],
    [
      "a link that runs code",
      "links",
      /only http/,
      inBody((text) => text.replace("#n-gram", "javascript:alert(1)")),
    ],
    [
      "a technique without How",
      "techniques",
      /lacks How/,
      inBody((text) => text.replace("### How", "### 步骤")),
    ],
    [
      "a technique without a heading",
      "techniques",
      /no heading names/,
      inBody((text) => text.replace("## N-gram", "## 别的")),
    ],
    [
      "本节问题 in the body",
      "headings",
      /rendered from the front matter/,
      inBody((text) => `\n## 本节问题\n${text}`),
    ],
    ["a missing 小结", "headings", /小结/, inBody((text) => text.replace("## 小结", "## 结"))],
    [
      "a body that is too short",
      "length",
      /needs 2500–12000/,
      inBody((text) => text.replace(/第\d+段.*\n/g, "")),
    ],
    ["a body that is too long", "length", /needs 2500–12000/, inBody((text) => text + "长".repeat(12_000))],
    [
      "a concept that the glossary lacks",
      "glossary",
      /not in glossary/,
      inFront((yaml) => yaml.replace("term: 语言模型", "term: 概率")),
    ],
    [
      "a form that the glossary avoids",
      "terms",
      /the course writes 语言模型/,
      inBody((text) => `${text}\n语言模形不对。\n`),
    ],
    [
      "a source id of no known form",
      "sources",
      /no source id/,
      inFront((yaml) => yaml.replace("doi:10.1002/j", "10.1002/j")),
    ],
    [
      "a paper named in the body alone",
      "sources",
      /arXiv:2206\.07682/,
      inBody((text) => `${text}\n见 arXiv:2206.07682。\n`),
    ],
    ["a missing facts file", "facts", /facts\/1\.1\.yaml/, { "docs/course/facts/1.1.yaml": null }],
    [
      "an opened claim without a quote",
      "facts",
      /needs the line/,
      { "docs/course/facts/1.1.yaml": FACTS.replace(/ {4}quote.*\n/, "") },
    ],
    [
      "a claim from a source that is not listed",
      "facts",
      /not in the sources/,
      { "docs/course/facts/1.1.yaml": FACTS.replace("tb01338", "tb0") },
    ],
    [
      "ids out of order",
      "ids",
      /in the order/,
      { "docs/course/outline.yaml": OUTLINE.replace('"1.1", title', '"1.3", title') },
    ],
    [
      "a name of two terms",
      "glossary",
      /names both/,
      { "docs/course/glossary.yaml": GLOSSARY.replace("键值缓存", "lm") },
    ],
  ])("reports %s", async (_, rule, message, changes) => {
    const report = await lint(changes);
    const found = report.problems.filter((problem) => problem.rule === rule && message.test(problem.message));
    expect(found, JSON.stringify(report.problems, null, 1)).not.toHaveLength(0);
    expect(found.every((problem) => problem.severity === "error" && problem.line >= 1)).toBe(true);
    expect(report.errors).toBeGreaterThan(0);
  });

  it("knows a source that the body names between Chinese marks", async () => {
    const doi = "doi:10.1002/j.1538-7305.1948.tb01338.x";
    const text = `\n香农（${doi}）：信息论;又见 (${doi})。${doi}，以及 https://doi.org/${doi.slice(4)}。\n`;
    expect((await lint(inBody((body) => body + text))).problems).toEqual([]);
  });

  it("names the line that is wrong", async () => {
    const file = sectionFile({ body: (text) => text.replace("#n-gram", "#m-gram") });
    const { problems } = await lint({ [SECTION]: file });
    expect(problems).toMatchObject([
      { file: "01-intro/01-language-model.md", line: lineOf(file, "#m-gram") },
    ]);
  });

  it("only warns about few questions and about capitals", async () => {
    const report = await lint({
      ...inFront((yaml) => yaml.replace(/ {2}- id: q5[\s\S]*?(?=practice)/, "")),
      "docs/course/glossary.yaml": `${GLOSSARY}- { zh: PyTorch, definition: 一个框架。, section: "1.1" }\n`,
    });
    expect(report.problems).toMatchObject([{ rule: "questions", severity: "warning" }]);
    const capitals = await lint({
      ...inBody((text) => `${text}\n用 pytorch 写,命令是 \`pytorch\`。\n`),
      "docs/course/glossary.yaml": `${GLOSSARY}- { zh: PyTorch, definition: 一个框架。, section: "1.1" }\n`,
    });
    expect(capitals.problems).toMatchObject([{ rule: "terms", severity: "warning" }]);
  });
});
