import type { Block } from "@zixue/rag";
import type { Problem } from "../problem.ts";
import { lineAt } from "../section.ts";
import type { SectionContext } from "./section-context.ts";

const LENGTH = { least: 2500, most: 12_000 };
const REQUIRED_HEADINGS = ["动手", "小结", "延伸阅读"];

/** The headings that every section has, What / Why / How under each technique, and the length of the body. */
export function structureRules({ section, problem }: SectionContext): Problem[] {
  const { document, lineOf, title } = section;
  const problems: Problem[] = [];
  const bodyLine = lineAt(document, document.blocks[0]?.start ?? 0);
  const headings = document.blocks.filter((block) => block.kind === "heading");
  const lineOfBlock = (block: Block) => lineAt(document, block.start);

  for (const heading of headings) {
    if (/^本节问题/.test(heading.text)) {
      problems.push(
        problem(
          lineOfBlock(heading),
          "headings",
          "本节问题 is rendered from the front matter: take it out of the body",
        ),
      );
    }
  }
  const top = headings.filter((heading) => heading.depth === 1);
  for (const [index, heading] of top.entries()) {
    const text = heading.text.replace(/^\d+\.\d+\s*/, "");
    if (index > 0)
      problems.push(
        problem(
          lineOfBlock(heading),
          "headings",
          "a section has one level-1 heading at most: use ## below it",
        ),
      );
    else if (text !== title)
      problems.push(
        problem(
          lineOfBlock(heading),
          "headings",
          `the level-1 heading must be the title "${title}", or be left out`,
        ),
      );
  }
  for (const required of REQUIRED_HEADINGS) {
    if (!headings.some((heading) => heading.text.includes(required))) {
      problems.push(problem(bodyLine, "headings", `has no heading ${required}: every section has one`));
    }
  }
  section.techniques.forEach((technique, index) => {
    const missing = missingParts(document.blocks, technique);
    const line = lineOf(["techniques", index]);
    if (missing === null)
      problems.push(problem(line, "techniques", `no heading names the technique ${technique}`));
    else if (missing.length > 0) {
      problems.push(
        problem(
          line,
          "techniques",
          `${technique} lacks ${missing.join(", ")}: under its heading write What, Why and How`,
        ),
      );
    }
  });

  const length = hanCharacters(document.blocks);
  if (length < LENGTH.least || length > LENGTH.most) {
    problems.push(
      problem(
        bodyLine,
        "length",
        `the body has ${length} Chinese characters; it needs ${LENGTH.least}–${LENGTH.most}`,
      ),
    );
  }
  return problems;
}

/** Chinese characters a reader reads: code and formulas do not count. */
export function hanCharacters(blocks: readonly Block[]): number {
  return blocks
    .filter((block) => block.kind !== "code" && block.kind !== "formula")
    .reduce((sum, block) => sum + (block.text.match(/\p{Script=Han}/gu)?.length ?? 0), 0);
}

/** Which of What, Why and How are not under the technique's heading; `null` when it has no heading. */
function missingParts(blocks: readonly Block[], technique: string): string[] | null {
  const name = fold(technique);
  const parts = ["What", "Why", "How"];
  let best: string[] | null = null;
  blocks.forEach((heading, index) => {
    if (heading.kind !== "heading" || !fold(heading.text).includes(name)) return;
    const after = blocks.slice(index + 1);
    const next = after.findIndex(
      (block) => block.kind === "heading" && (block.depth ?? 1) <= (heading.depth ?? 1),
    );
    const under = next < 0 ? after : after.slice(0, next);
    const missing = parts.filter(
      (part) =>
        !under.some((block) => block.kind !== "code" && new RegExp(`^${part}\\b`, "i").test(block.text)),
    );
    if (best === null || missing.length < best.length) best = missing;
  });
  return best;
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
}
