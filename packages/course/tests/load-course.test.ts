import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  CourseError,
  dependentsOf,
  findCircle,
  knowledgeOf,
  lineAt,
  loadCourse,
  prerequisitesOf,
  sectionOf,
  writtenSections,
} from "../src/index.ts";
import { SECTION, sectionFile, writeCourse } from "./fixture-course.ts";

describe("loadCourse", () => {
  it("reads the outline, the written sections, their metadata and the glossary", async () => {
    const { course: folder } = await writeCourse();
    const course = await loadCourse(folder);
    expect(course.problems).toEqual([]);
    expect(course.sections.map(({ id, written }) => [id, written])).toEqual([
      ["1.1", true],
      ["1.2", false],
    ]);
    const [section] = writtenSections(course);
    expect(section?.document).toMatchObject({
      id: "1.1",
      title: "语言模型是什么?",
      url: "/course/01-intro/01-language-model",
      metadata: { part: 1, chapter: 1, section: "1.1" },
    });
    expect(course.glossary.map(({ zh, line }) => [zh, line])).toEqual([
      ["语言模型", 1],
      ["KV cache", 7],
    ]);
  });

  it("keeps offsets and lines of the file, and no word of the front matter in the document", async () => {
    const { course: folder } = await writeCourse();
    const [section] = writtenSections(await loadCourse(folder));
    const file = sectionFile();
    const heading = section?.document.blocks.find(({ text }) => text === "N-gram");
    expect(file.slice(heading?.start, heading?.end)).toBe("## N-gram");
    expect(lineAt(section!.document, heading!.start)).toBe(file.split("\n").indexOf("## N-gram") + 1);
    expect(section?.document.content).not.toContain("换一种问法");
  });

  it("finds the block of every evidence over marks and line breaks, with a quote verbatim from the block", async () => {
    const { course: folder } = await writeCourse();
    const course = await loadCourse(folder);
    const [section] = writtenSections(course);
    for (const point of section!.questions.flatMap(({ points }) => points)) {
      const block = section!.document.blocks.find(({ id }) => id === point.blockId);
      expect(block?.text).toContain(point.quote);
    }
    const knowledge = knowledgeOf(course);
    expect(knowledge.questions).toHaveLength(5);
    expect(knowledge.questions?.[0]).toMatchObject({
      id: "1.1/q1",
      documentId: "1.1",
      points: [{ say: "给出概率" }, { say: "概率之和是一" }],
    });
    expect(knowledge.glossary?.[0]).toMatchObject({
      zh: "语言模型",
      en: "language model",
      aliases: ["LM"],
      documentId: "1.1",
    });
  });

  it("takes the site's addresses from the caller", async () => {
    const { course: folder } = await writeCourse();
    const course = await loadCourse(folder, { urlOf: ({ id }) => `https://example.org/${id}` });
    expect(writtenSections(course)[0]?.document.url).toBe("https://example.org/1.1");
  });

  it("reports a section with broken front matter by file and line and loads the rest", async () => {
    const broken = sectionFile({ frontMatter: (yaml) => yaml.replace("minutes: 10", "minutes: soon") });
    const { course: folder } = await writeCourse({ [SECTION]: broken });
    const course = await loadCourse(folder);
    expect(course.problems).toMatchObject([
      { file: "01-intro/01-language-model.md", line: 5, rule: "front-matter" },
    ]);
    expect(course.problems[0]?.message).toMatch(/^minutes: /);
    expect(sectionOf(course, "1.1").written).toBe(false);
    expect(course.sections).toHaveLength(2);
  });

  it.each([
    [
      "YAML that does not parse",
      (yaml: string) => yaml.replace("minutes: 10", "minutes: [10"),
      /not valid YAML/,
    ],
    [
      "a key that there is not",
      (yaml: string) => yaml.replace("minutes: 10", "minuts: 10\nminutes: 10"),
      /minuts/,
    ],
    ["an id that is no string", (yaml: string) => yaml.replace('"1.1"', "1.1"), /in quotes/],
    [
      "an unknown kind",
      (yaml: string) => yaml.replace("kind: what", "kind: who"),
      /questions\[0\]\.kind.*"what"/,
    ],
  ])("names the line of %s", async (_, frontMatter, message) => {
    const { course: folder } = await writeCourse({ [SECTION]: sectionFile({ frontMatter }) });
    const { problems } = await loadCourse(folder);
    expect(problems.map((problem) => problem.message).join("\n")).toMatch(message);
    expect(problems[0]?.line).toBeGreaterThan(1);
  });

  it.each([
    ["nothing", ""],
    ["no closing line", "---\nid: x\n"],
    ["text only", "正文"],
    ["a BOM and CRLF", "\uFEFF---\r\nid: 1\r\n---\r\n"],
  ])("reports a section file that holds %s", async (_, content) => {
    const { course: folder } = await writeCourse({ [SECTION]: content });
    const { problems } = await loadCourse(folder);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every(({ file }) => file === "01-intro/01-language-model.md")).toBe(true);
  });

  it("loads a section written with CRLF and a BOM", async () => {
    const { course: folder } = await writeCourse({
      [SECTION]: `\uFEFF${sectionFile().replaceAll("\n", "\r\n")}`,
    });
    const course = await loadCourse(folder);
    expect(course.problems).toEqual([]);
    const point = writtenSections(course)[0]?.questions[0]?.points[1];
    expect(point?.blockId).not.toBeNull();
  });

  it("leaves out a glossary term that is faulty, and names its line", async () => {
    const { course: folder } = await writeCourse({
      "docs/course/glossary.yaml":
        '- { zh: 好, definition: 好的词。, section: "1.1" }\n- { zh: 坏, section: "1.1" }\n',
    });
    const course = await loadCourse(folder);
    expect(course.glossary.map(({ zh }) => zh)).toEqual(["好"]);
    expect(course.problems).toMatchObject([
      { file: "glossary.yaml", line: 2, message: expect.stringContaining("definition") },
    ]);
  });

  it("reports a section file that the outline does not know", async () => {
    const { course: folder } = await writeCourse({ "docs/course/01-intro/07-lost.md": "x" });
    expect((await loadCourse(folder)).problems).toMatchObject([
      { file: "01-intro/07-lost.md", rule: "outline" },
    ]);
  });

  it("says which folder it looked in when there is no course", async () => {
    const folder = await mkdtemp(join(tmpdir(), "zixue-none-"));
    const error = await loadCourse(folder).catch((reason: unknown) => reason);
    await rm(folder, { recursive: true });
    expect(error).toBeInstanceOf(CourseError);
    expect(error).toMatchObject({ code: "folder-not-found", message: expect.stringContaining(folder) });
  });

  it("names the faulty line of an outline", async () => {
    const { course: folder } = await writeCourse({
      "docs/course/outline.yaml": "title: x\nparts:\n  - number: one\n",
    });
    await expect(loadCourse(folder)).rejects.toMatchObject({
      code: "outline-invalid",
      message: expect.stringContaining("outline.yaml:3"),
    });
  });
});

describe("the cache of parsed sections", () => {
  const plain = (course: Awaited<ReturnType<typeof loadCourse>>) => JSON.parse(JSON.stringify(course));

  it("gives the same course, lines included, without parsing again", async () => {
    const { root, course: folder } = await writeCourse();
    const options = { cache: { folder: join(root, "cache"), key: "1" } };
    const parsed = await loadCourse(folder, options);
    const cached = await loadCourse(folder, options);
    expect(plain(cached)).toEqual(plain(await loadCourse(folder)));
    const path = ["questions", 2, "points", 1];
    expect(writtenSections(cached)[0]?.lineOf(path)).toBe(writtenSections(parsed)[0]?.lineOf(path));
  });

  it("is used as long as file, outline and key are the same, and not longer", async () => {
    const { root, course: folder } = await writeCourse();
    const cache = { folder: join(root, "cache"), key: "1" };
    await loadCourse(folder, { cache });
    const [file] = await readdir(cache.folder);
    const path = join(cache.folder, file as string);
    await writeFile(path, (await readFile(path, "utf8")).replace("手机输入法会猜", "缓存里会猜"));
    const textOf = async (key: string) =>
      writtenSections(await loadCourse(folder, { cache: { ...cache, key } }))[0]?.document.blocks[0]?.text;
    expect(await textOf("1")).toMatch(/^缓存里会猜/);
    expect(await textOf("2")).toMatch(/^手机输入法会猜/);
    await writeFile(join(root, SECTION), sectionFile({ body: (text) => text.replace("手机", "电脑") }));
    expect(await textOf("1")).toMatch(/^电脑输入法会猜/);
  });

  it("never fails a load: damaged or unwritable it is as good as none", async () => {
    const { root, course: folder } = await writeCourse({ "in-the-way": "x" });
    const cache = { folder: join(root, "cache"), key: "1" };
    await loadCourse(folder, { cache });
    const [file] = await readdir(cache.folder);
    await writeFile(join(cache.folder, file as string), "[damaged");
    expect(writtenSections(await loadCourse(folder, { cache }))).toHaveLength(1);
    const unwritable = { folder: join(root, "in-the-way"), key: "1" };
    expect(writtenSections(await loadCourse(folder, { cache: unwritable }))).toHaveLength(1);
  });

  it("reports a broken section every time", async () => {
    const { root, course: folder } = await writeCourse({ [SECTION]: "---\nid: x\n---\n" });
    const options = { cache: { folder: join(root, "cache"), key: "1" } };
    await loadCourse(folder, options);
    expect((await loadCourse(folder, options)).problems.length).toBeGreaterThan(0);
  });
});

describe("prerequisites", () => {
  const sections = (edges: Record<string, string[]>) =>
    Object.entries(edges).map(([id, requires]) => ({ id, requires }));

  it("lists what to read before and what builds on it", async () => {
    const { course: folder } = await writeCourse();
    const course = await loadCourse(folder);
    expect(prerequisitesOf(course, "1.2").map(({ id }) => id)).toEqual(["1.1"]);
    expect(dependentsOf(course, "1.1").map(({ id }) => id)).toEqual(["1.2"]);
    expect(() => prerequisitesOf(course, "9.9")).toThrow(/"9\.9".*1\.1, 1\.2/);
  });

  it("finds a circle and names its way round", () => {
    expect(findCircle(sections({ a: [], b: ["a"], c: ["b", "a"] }))).toBeNull();
    expect(findCircle(sections({ a: ["c"], b: ["a"], c: ["b"] }))).toEqual(["a", "c", "b", "a"]);
    expect(findCircle(sections({ a: ["a"] }))).toEqual(["a", "a"]);
  });
});
