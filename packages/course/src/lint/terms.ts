import type { Nodes } from "mdast";
import type { GlossaryEntry } from "../glossary.ts";
import { lineOfNode } from "../markdown-tree.ts";
import type { Problem } from "../problem.ts";
import type { SectionContext } from "./section-context.ts";

/**
 * Terms stand in the prose as the glossary writes them: no form that it says to avoid (error), no other use of capital
 * letters (warning). Code, formulas and addresses are not prose. Core concepts occur in the text that defines them.
 */
export function termRules({ course, section, tree, problem }: SectionContext): Problem[] {
  const prose = proseOf(tree);
  const problems: Problem[] = [];
  for (const entry of course.glossary) {
    for (const wrong of entry.avoid) {
      for (const { text, line } of prose) {
        if (contains(text, wrong))
          problems.push(problem(line, "terms", `"${wrong}": the course writes ${entry.zh}`));
      }
    }
  }
  for (const { name, pattern } of capitalised(course.glossary)) {
    for (const { text, line } of prose) {
      for (const [found] of text.matchAll(pattern)) {
        if (found !== name)
          problems.push(problem(line, "terms", `"${found}": the glossary writes ${name}`, "warning"));
      }
    }
  }
  section.concepts.forEach((concept, index) => {
    const names = [concept.term, ...concept.aliases];
    if (prose.some(({ text }) => names.some((name) => contains(text.toLowerCase(), name.toLowerCase()))))
      return;
    problems.push(
      problem(
        section.lineOf(["concepts", index]),
        "terms",
        `the concept ${concept.term} does not occur in the body`,
      ),
    );
  });
  return problems;
}

/** Names with a capital letter after the first (GPT, LoRA, PyTorch) and how to find them in any other capitals. */
function capitalised(glossary: readonly GlossaryEntry[]): { name: string; pattern: RegExp }[] {
  const names = new Set(glossary.flatMap((entry) => [entry.zh, ...entry.aliases]));
  return (
    [...names]
      .filter((name) => /^[A-Za-z][\w.+-]*$/.test(name) && /[A-Z]/.test(name.slice(1)))
      // Two names that differ in capitals alone are both as the glossary writes them.
      .filter(
        (name) => ![...names].some((other) => other !== name && other.toLowerCase() === name.toLowerCase()),
      )
      .map((name) => ({ name, pattern: new RegExp(`(?<![\\w./@-])${escapePattern(name)}(?![\\w/-])`, "gi") }))
  );
}

function contains(text: string, word: string): boolean {
  if (!/^\w|\w$/.test(word)) return text.includes(word);
  return new RegExp(`(?<!\\w)${escapePattern(word)}(?!\\w)`).test(text);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The pieces of running text, each with its line. */
function proseOf(node: Nodes): { text: string; line: number }[] {
  if (node.type === "text") return [{ text: node.value, line: lineOfNode(node) }];
  return "children" in node ? node.children.flatMap(proseOf) : [];
}
