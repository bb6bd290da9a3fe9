import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { HumanMessage } from "@langchain/core/messages";
import { Dotprompt } from "dotprompt";
import { afterEach, describe, expect, it } from "vitest";
import { checkPrompts, loadPrompts, PromptsError, readPrompts } from "../src/index.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prompts-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

const ANSWER = `---
description: Answers from documents
model: qwen-plus
config:
  temperature: 0.2
input:
  schema:
    question: string, what was asked
    documents(array): string
    tone?: string
  default:
    tone: 亲切
output:
  schema:
    answer: string
    sources(array): integer
untrusted: [documents]
drop: [history, { from: documents, atLeast: 1 }]
---
{{role "system"}}
{{> style tone=tone}}
{{untrusted documents}}
{{role "user"}}
{{question}}
`;

describe("loadPrompts", () => {
  it("loads folders with partials, locales and subfolders", async () => {
    const folder = await folderOf({
      "answer.zh.prompt": ANSWER,
      "answer.en.prompt": ANSWER.replace("亲切", "kind"),
      "_style.prompt": "Be {{tone}}.",
      "_style.zh.prompt": "语气{{tone}}。",
      "quiz/ask.prompt": "---\ninput:\n  schema:\n    n: integer\n---\nQuestion {{n}} {{> quiz/end}}",
      "quiz/_end.prompt": "OK?",
    });
    const prompts = await loadPrompts(folder, { fallback: "zh" });
    expect(prompts.names).toEqual(["answer", "quiz/ask"]);
    const answer = prompts.get<{ question: string; documents: string[]; tone?: string }>("answer");
    const zh = await answer.render({ question: "问", documents: ["资料"] });
    expect(zh[0]?.text).toMatch(/^语气亲切。\s*<<<untrusted/);
    const en = await answer.render({ question: "问", documents: [], tone: "brief" }, { locale: "en" });
    expect(en[0]?.text).toMatch(/^Be brief\./);
    expect(answer.model).toEqual({ name: "qwen-plus", config: { temperature: 0.2 } });
    expect(answer.parse('{"answer": "x", "sources": [1]}')).toEqual({ answer: "x", sources: [1] });
    expect(() => answer.parse('{"answer": "x", "sources": ["1"]}')).toThrow(PromptsError);
    await expect(answer.render({ question: "问" } as never)).rejects.toThrow(/documents/);
    expect(await prompts.get("quiz/ask").render({ n: 2 })).toEqual([new HumanMessage("Question 2 OK?")]);
    expect(() => prompts.get("quizz")).toThrow(/answer, quiz\/ask/);
  });

  it("reports every problem of every file at once, with file and line", async () => {
    const folder = await folderOf({
      "a.prompt": "---\ninput:\n  schema:\n    question: sting\n---\n{{question}}",
      "b.prompt":
        "---\ninput:\n  schema:\n    used: string\n    unused: string\n---\n{{used}}\n{{missing}}\n{{> gone}}",
      "c.prompt": "---\ninput: [\n---\nx",
      "d.prompt": "---\ninput:\n  schema:\n    x: string\ninputs: 3\n---\n{{#if x}}",
      "e.prompt": "---\ninput:\n  schema:\n    mood(enumm): [a]\n    name:\n---\n{{mood}}{{name}}",
      "f.prompt": "---\nname: f\nhello",
      "g.zh.prompt": "---\ninput:\n  schema:\n    a: string\n---\n{{a}}",
      "g.en.prompt": "---\ninput:\n  schema:\n    b: string\n---\n{{b}}",
      "_p.prompt": "ok\n{{/if}}",
    });
    const error = await loadPrompts(folder).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(PromptsError);
    const found = (error as PromptsError).problems.map(
      (p) => `${p.file.slice(folder.length + 1)}:${p.line} ${p.message}`,
    );
    expect(found.sort()).toEqual([
      "_p.prompt:2 a block is closed or continued that was never opened",
      'a.prompt:4 bad input schema: "question" has the unknown type "sting"',
      'b.prompt:5 input "unused" is never used',
      'b.prompt:8 unknown variable "missing"',
      'b.prompt:9 there is no partial "gone"',
      expect.stringMatching(/^c\.prompt:\d broken YAML: /),
      'd.prompt:5 unknown setting "inputs"',
      'e.prompt:4 bad input schema: "mood(enumm)" has the unknown type "enumm"',
      'e.prompt:5 bad input schema: "name" has no type',
      "f.prompt:1 the front matter is never closed",
      expect.stringMatching(
        /^g\.zh\.prompt:\d input fields \(a\) differ from those of .*g\.en\.prompt \(b\)$/,
      ),
    ]);
    for (const problem of (error as PromptsError).problems) expect(problem.hint).not.toBe("");
  });

  it("says when the folder is not there", async () => {
    await expect(loadPrompts("no/such/folder")).rejects.toMatchObject({ code: "unreadable" });
  });

  it("keeps the partials of different folders apart", async () => {
    const read = (text: string) =>
      readPrompts([
        { path: "p.prompt", text: "---\ndescription: x\n---\n{{> same}}" },
        { path: "_same.prompt", text },
      ]);
    const [one, two] = await Promise.all([read("one"), read("two")]);
    expect((await one.get("p").render({}))[0]?.text).toBe("one");
    expect((await two.get("p").render({}))[0]?.text).toBe("two");
  });

  it("hands back the sound prompts beside the problems", async () => {
    const { library, problems } = await checkPrompts([
      { path: "good.prompt", text: "hello" },
      { path: "bad.prompt", text: "{{x}}" },
    ]);
    expect(library.names).toEqual(["good"]);
    expect(problems).toMatchObject([{ file: "bad.prompt", line: 1 }]);
  });

  it("reads Windows line ends and a byte order mark", async () => {
    const text = "\uFEFF---\r\ninput:\r\n  schema:\r\n    q: string\r\n---\r\nHi {{q}}\r\n";
    const library = await readPrompts([{ path: "p.prompt", text }]);
    expect((await library.get("p").render({ q: "you" }))[0]?.text).toBe("Hi you");
  });
});

describe("the dotprompt format", () => {
  const head = "---\ninput:\n  schema:\n    a: string\n    list(array): string\n---\n";
  it.each([
    "{{a}} {{#each list}}{{@index}}={{this}} {{/each}}",
    '{{role "system"}}S {{a}}{{role "user"}}U {{json list}}',
    '{{role "system"}}S{{history}}{{role "user"}}{{a}}{{#if list}}yes{{/if}}',
    '{{role "user"}}one{{role "model"}}two{{role "user"}}{{a}}{{#ifEquals a "x"}}X{{else}}Y{{/ifEquals}}{{json list indent=2}}',
    "{{a}}{{history}}after {{#unless list}}none{{/unless}}{{lookup list 0}}",
  ])("renders %s to the messages of the dotprompt library", async (body) => {
    const input = { a: "x", list: ["p", "q"] };
    const ours = await (await readPrompts([{ path: "p.prompt", text: head + body }])).get("p").render({
      ...input,
      history: [new HumanMessage("earlier")],
    });
    const theirs = await new Dotprompt().render(head + body, {
      input,
      messages: [{ role: "user", content: [{ text: "earlier" }] }],
    });
    const types = { system: "system", user: "human", model: "ai", tool: "tool" };
    expect(ours.map((m) => [m.getType(), m.text])).toEqual(
      theirs.messages.map((m) => [
        types[m.role],
        m.content
          .map((part) => part.text)
          .join("")
          .trim(),
      ]),
    );
  });
});

describe("prompts command", () => {
  const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ["--import", "tsx", cli, ...args]).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );

  it("lints a folder and renders a file", async () => {
    const folder = await folderOf({ "answer.prompt": ANSWER, "_style.prompt": "Be {{tone}}." });
    const [lint, render, bad] = await Promise.all([
      run("lint", folder),
      run(
        "render",
        join(folder, "answer.prompt"),
        "--input",
        '{"question": "什么是损失？", "documents": ["甲"]}',
      ),
      run("render", join(folder, "answer.prompt"), "--input", "{question}"),
    ]);
    expect(lint).toMatchObject({ code: 0, stdout: "2 files, 1 prompts, no problems.\n" });
    expect(render.stdout).toMatch(
      /^--- system\nBe 亲切\.[\s\S]*--- human\n什么是损失？\n--- \d+ tokens, hash [0-9a-f]{16}\n$/,
    );
    expect(bad.code).toBe(1);
    expect(bad.stderr).toMatch(/not JSON/);
  }, 20_000);

  it("exits with 1 and file:line when something is wrong", async () => {
    const folder = await folderOf({ "a.prompt": "hello\n{{x}}" });
    const [lint, usage] = await Promise.all([run("lint", folder), run("lnt")]);
    expect(lint.code).toBe(1);
    expect(lint.stderr).toContain(`${folder}/a.prompt:2 unknown variable "x"`);
    expect(usage.code).toBe(2);
  }, 20_000);
});
