import type { Chunk } from "../chunk/chunk.ts";
import type { BankMatch } from "../retrieve/retrieval.ts";
import { blocksOfChunk } from "./blocks-of-chunk.ts";
import { termSet } from "./candidates.ts";
import type { Citation } from "./events.ts";
import { citationFor, type RenderedAnswer } from "./render-answer.ts";
import { verifyClaim } from "./verify-claim.ts";

/**
 * Answers a question of the author's bank from its points: each point with its verbatim evidence and a citation. A point
 * whose quote is no longer in the documents is left out; null when none is left.
 */
export function bankAnswer(match: BankMatch, chunks: readonly Chunk[]): RenderedAnswer | null {
  const citations: Citation[] = [];
  const lines: string[] = [];
  for (const { say, blockId, quote } of match.question.points) {
    const chunk = chunks.find((held) => held.blockIds.includes(blockId) && held.text.includes(quote));
    if (chunk === undefined) continue;
    const block = blocksOfChunk(chunk).find((held) => held.blockId === blockId && held.text.includes(quote));
    const marker = citations.length + 1;
    citations.push(
      citationFor(chunk, blockId, quote, marker, verifyClaim(say, block?.text ?? chunk.text).supported),
    );
    lines.push(`- ${pointText(say, quote)} [${marker}]`);
  }
  return citations.length === 0 ? null : { text: lines.join("\n"), citations };
}

/** The quote alone when it already says the point, otherwise the point and the quote. */
function pointText(say: string, quote: string): string {
  const evidence = quote.replace(/\s*\n\s*/gu, " ").trim();
  const wanted = [...termSet(say)].filter((key) => !key.startsWith("char:"));
  const held = termSet(evidence);
  const shared = wanted.filter((key) => held.has(key)).length;
  if (wanted.length > 0 && shared / wanted.length >= 0.7) return evidence;
  return `**${say.replace(/[。.；;]\s*$/u, "")}**：${evidence}`;
}
