import { simplify } from "@zixue/lexicon";
import type { Chunk } from "../chunk/chunk.ts";
import type { BlockKind } from "../document/document.ts";
import { splitSentences } from "../language/sentences.ts";
import { extractTerms } from "../language/terms.ts";
import { type BlockText, blocksOfChunk } from "./blocks-of-chunk.ts";
import { asksQuestion } from "./question-type.ts";
import { readingLength } from "./reading-length.ts";

/** A sentence, list item or table row that may be shown. */
export interface Candidate {
  /** Verbatim from the block. */
  readonly text: string;
  /** `text` with traditional characters simplified, for patterns; as long as `text`. */
  readonly folded: string;
  /** Offsets of `text` in the block's text. */
  readonly start: number;
  readonly end: number;
  readonly chunk: Chunk;
  /** Rank of its passage, from 0. */
  readonly passage: number;
  readonly block: BlockText;
  /** Position of the block in its chunk. */
  readonly blockIndex: number;
  /** Position among the candidates of its passage. */
  readonly index: number;
  readonly kind: "sentence" | "item" | "row";
  /** Distinct terms, as `field:term`. */
  readonly terms: ReadonlySet<string>;
  /** A question, which is never shown as an answer. */
  readonly asks: boolean;
  /** Announces what follows (「优势如下：」). */
  readonly leadsIn: boolean;
  /** Kind of the block right behind, when the sentence ends its own and leads into it. */
  readonly announces: BlockKind | null;
  /** Speaks about the text and not about its matter (接下来, 如图). */
  readonly signpost: boolean;
  /** First of its passage. */
  readonly first: boolean;
}

const analysed = new WeakMap<Chunk, readonly Omit<Candidate, "passage">[]>();

/** The sentences, list items and table rows of the passages, in the passages' order. Code and formulas are left out. */
export function candidatesOf(chunks: readonly Chunk[]): Candidate[] {
  return chunks.flatMap((chunk, passage) => {
    let candidates = analysed.get(chunk);
    if (candidates === undefined) {
      candidates = analyse(chunk);
      analysed.set(chunk, candidates);
    }
    return candidates.map((candidate) => ({ ...candidate, passage }));
  });
}

/** Distinct terms of a text, as `field:term`. */
export function termSet(text: string): Set<string> {
  return new Set(extractTerms(text).map(({ field, term }) => `${field}:${term}`));
}

const LEADS_IN = /[：:]\s*$|(?:如下|包括|分为|有以下.{0,8})[。：:]?$/u;
const SIGNPOST =
  /^(?:接下来|下面|下文|本节|本章|这一节|这一章|上一节|上一章|下一节|下一章|前面(?:的)?(?:[几一二两]?[节章]|说过|讲过|提到|介绍)|在前文|如图|见图|图\s*\d|表\s*\d|如表|见表|我们(?:先|再|将|会|来)|首先来|让我们|in (?:this|the (?:next|previous|following)) (?:section|chapter)|as (?:shown|seen) in|(?:figure|table|fig\.)\s*\d|let us|let's)/iu;

const READING_LIST =
  /^(?:延伸阅读|参考文献|参考资料|参考|来源|further reading|references|bibliography|sources)/iu;

function analyse(chunk: Chunk): Omit<Candidate, "passage">[] {
  const candidates: Omit<Candidate, "passage">[] = [];
  const blocks = blocksOfChunk(chunk);
  const reading = READING_LIST.test(chunk.headingPath[chunk.headingPath.length - 1] ?? "");
  blocks.forEach((block, blockIndex) => {
    if (block.text === chunk.headingPath[chunk.headingPath.length - 1]) return;
    const next = blocks[blockIndex + 1]?.kind ?? null;
    const units = unitsOf(block);
    for (const { text, start, kind } of units) {
      const leadsIn = LEADS_IN.test(text);
      const lastOfBlock = text === units[units.length - 1]?.text;
      candidates.push({
        text,
        folded: simplify(text),
        start,
        end: start + text.length,
        chunk,
        block,
        blockIndex,
        index: candidates.length,
        kind,
        // A row is shown with its columns' names, so it is found by them too.
        terms: termSet(kind === "row" ? `${headerRow(block.text)}\n${text}` : text),
        asks: asksQuestion(text),
        leadsIn,
        announces: leadsIn && lastOfBlock ? next : null,
        signpost: reading || SIGNPOST.test(text),
        first: candidates.length === 0,
      });
    }
  });
  return candidates;
}

interface Unit {
  readonly text: string;
  readonly start: number;
  readonly kind: Candidate["kind"];
}

function unitsOf(block: BlockText): Unit[] {
  switch (block.kind satisfies BlockKind) {
    case "paragraph":
    case "quote":
      return splitSentences(block.text).map(({ text, start }) => ({ text, start, kind: "sentence" }));
    case "list":
      return listItems(block.text).flatMap(itemUnits);
    case "table":
      return tableRows(block.text).map((row) => ({ ...row, kind: "row" }));
    default:
      return [];
  }
}

/** A long item of several sentences is offered sentence by sentence: shown whole, its end would be cut off. */
function itemUnits(item: { text: string; start: number }): Unit[] {
  const sentences = readingLength(item.text) > LONG_ITEM ? splitSentences(item.text) : [];
  return sentences.length > 1
    ? sentences.map(({ text, start }) => ({ text, start: item.start + start, kind: "sentence" }))
    : [{ ...item, kind: "item" }];
}

const LONG_ITEM = 110;

/** Top-level items of a list block, each with what is nested under it, without its marker. */
function listItems(text: string): { text: string; start: number }[] {
  const starts = [...text.matchAll(/^(?:[-*+]|\d{1,3}[.)]) +(?:\[[ x]\] )?/gmu)];
  return starts.map((marker, index) => {
    const start = marker.index + marker[0].length;
    return { start, text: text.slice(start, starts[index + 1]?.index ?? text.length).trimEnd() };
  });
}

function headerRow(text: string): string {
  return /^.*\S.*$/mu.exec(text)?.[0] ?? "";
}

/** Rows of a pipe table without its header. */
function tableRows(text: string): { text: string; start: number }[] {
  return [...text.matchAll(/^.*\S.*$/gmu)].slice(2).map((line) => ({ text: line[0], start: line.index }));
}
