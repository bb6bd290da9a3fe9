import { type Block, parseMarkdown } from "@zixue/rag";
import { type CompactText, compactText, occurrences } from "./compact-text.ts";

/** Where a piece of evidence stands. `quote` is verbatim from the block's text. */
export interface EvidenceMatch {
  readonly blockId: string;
  readonly quote: string;
}

/**
 * Finds evidence in the blocks of a section. Line breaks do not matter; Markdown marks may be written or left out.
 * Headings are no evidence.
 *
 * @returns a function giving every match of a piece of evidence; good evidence has exactly one.
 */
export function evidenceFinder(blocks: readonly Block[]): (evidence: string) => EvidenceMatch[] {
  const texts = blocks
    .filter((block) => block.kind !== "heading")
    .map((block) => ({ block, compact: compactText(block.text) }));
  return (evidence) => {
    const verbatim = matches(texts, compactText(evidence));
    if (verbatim.length > 0) return verbatim;
    const plain = parseMarkdown({ id: "evidence", content: evidence }).blocks.map((block) => block.text);
    return matches(texts, compactText(plain.join("\n")));
  };
}

function matches(
  texts: readonly { block: Block; compact: CompactText }[],
  evidence: CompactText,
): EvidenceMatch[] {
  return texts.flatMap(({ block, compact }) =>
    occurrences(compact, evidence).map(({ start, end }) => ({
      blockId: block.id,
      quote: block.text.slice(start, end),
    })),
  );
}
