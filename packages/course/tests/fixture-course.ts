import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

export const OUTLINE = `title: 测试课程
parts:
  - number: 1
    title: 第一部分
    chapters:
      - number: 1
        title: 入门
        folder: 01-intro
        sections:
          - { id: "1.1", title: 语言模型是什么?, file: 01-intro/01-language-model.md, requires: [] }
          - { id: "1.2", title: 缓存省下了什么?, file: 01-intro/02-kv-cache.md, requires: ["1.1"] }
`;

export const GLOSSARY = `- zh: 语言模型
  en: language model
  aliases: [LM]
  avoid: [语言模形]
  definition: 给出下一个词的概率的模型。
  section: "1.1"
- zh: KV cache
  aliases: [键值缓存]
  definition: 存下已算过的键和值的内存。
  section: "1.2"
`;

export const FACTS = `claims:
  - claim: 香农在 1948 年发表了信息论的奠基论文
    source: doi:10.1002/j.1538-7305.1948.tb01338.x
    check: opened
    quote: A Mathematical Theory of Communication
  - { claim: 手机输入法会猜词, source: 常识, check: unopened }
`;

/** Filler that reads as prose, is long enough for the length rule, and repeats no evidence. */
const PARAGRAPHS = Array.from(
  { length: 60 },
  (_, index) =>
    `第${index}段:这一段用来凑足篇幅,它讲的是怎样把一个想法讲清楚,读者可以跳过它而不会少知道任何一件事情。`,
).join("\n\n");

export function sectionFile(
  changes: { frontMatter?: (yaml: string) => string; body?: (text: string) => string } = {},
): string {
  const { frontMatter = (yaml) => yaml, body = (text) => text } = changes;
  const questions = [1, 2, 3, 4, 5]
    .map(
      (n) => `  - id: q${n}
    ask: 第${n}个问题问的是什么?
    kind: what
    variants: [换一种问法${n}?, 再换一种问法${n}?]
    hints: [先想想输入法${n}]
    points:
      - { say: 给出概率, evidence: 它给每个可能的下一个词一个概率 }
      - { say: 概率之和是一, evidence: "所有概率加起来\\n等于一" }`,
    )
    .join("\n");
  const yaml = `id: "1.1"
title: 语言模型是什么?
requires: []
minutes: 10
concepts:
  - { term: 语言模型, en: language model }
techniques: [N-gram]
questions:
${questions}
practice: [examples/labs/ngram]
sources:
  - { title: A Mathematical Theory of Communication, authors: Shannon, year: 1948, id: "doi:10.1002/j.1538-7305.1948.tb01338.x" }
`;
  const text = `
手机输入法会猜你要打的下一个词。语言模型做的是同一件事:**它给每个可能的下一个词**一个概率,所有概率加起来
等于一。

![输入法猜词](./figures/guess.svg)

## N-gram

### What

只看前面几个词。

### Why

词的组合太多,数不过来。

### How

数一数,再除一除。参见[缓存](./02-kv-cache.md)。

## 动手

\`\`\`ts file=examples/labs/ngram/count.ts#count
const count = 1;
\`\`\`

## 小结

${PARAGRAPHS}

## 延伸阅读

回到[开头的方法](#n-gram)。
`;
  return `---\n${frontMatter(yaml)}---\n${body(text)}`;
}

export const SOURCE_FILE = `// #region count
const count = 1;
// #endregion
export { count };
`;

export const FILES: Readonly<Record<string, string>> = {
  "docs/course/outline.yaml": OUTLINE,
  "docs/course/glossary.yaml": GLOSSARY,
  "docs/course/facts/1.1.yaml": FACTS,
  "docs/course/01-intro/01-language-model.md": sectionFile(),
  "docs/course/01-intro/figures/guess.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
  "examples/labs/ngram/count.ts": SOURCE_FILE,
};

export const SECTION = "docs/course/01-intro/01-language-model.md";

/** Writes a repository into a temporary folder, removed after the test. Returns its root and its course folder. */
export async function writeCourse(
  changes: Readonly<Record<string, string | null>> = {},
): Promise<{ root: string; course: string }> {
  const root = await mkdtemp(join(tmpdir(), "zixue-course-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [file, content] of Object.entries({ ...FILES, ...changes })) {
    if (content === null) continue;
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  }
  return { root, course: join(root, "docs/course") };
}
