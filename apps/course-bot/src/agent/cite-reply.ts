import { splitSentences, verifyClaim } from "@zixue/rag";
import { type CourseReader, citationOf, type Paragraph, type TutorCitation } from "./course-reader.ts";

/** Runs of `[1.3-4]`, also in full-width brackets. */
const MARKERS = /(?:\s*[[【]\d{1,2}\.\d{1,2}-\d{1,4}[\]】])+/g;
const MARKER = /\d{1,2}\.\d{1,2}-\d{1,4}/g;

/**
 * The citations of a reply, looked up in the course: one for each paragraph that it names, in order. A sentence is
 * checked against the paragraphs named right after it, by its words (see `verifyClaim`); a paragraph named for several
 * sentences is supported when all of them are.
 *
 * @example citeReply("涌现能力难以预测 [1.3-4]。", reader)
 */
export function citeReply(reply: string, reader: CourseReader): TutorCitation[] {
  const cited = new Map<string, TutorCitation>();
  let from = 0;
  for (const match of reply.matchAll(MARKERS)) {
    const claim = lastSentence(reply.slice(from, match.index));
    from = match.index + match[0].length;
    const markers = match[0].match(MARKER) ?? [];
    const paragraphs = markers.flatMap((marker) => reader.paragraph(marker) ?? []);
    const together = check(claim, paragraphs);
    for (const marker of markers) {
      const before = cited.get(marker);
      const paragraph = reader.paragraph(marker);
      if (paragraph === undefined) cited.set(marker, unknownParagraph(marker));
      else if (before !== undefined)
        cited.set(marker, { ...before, supported: before.supported && together });
      else {
        const { quote } = verifyClaim(claim, paragraph.block.text, surroundings(paragraph));
        cited.set(marker, {
          ...citationOf(paragraph, quote === "" ? undefined : quote),
          supported: together,
        });
      }
    }
  }
  return [...cited.values()];
}

function check(claim: string, paragraphs: readonly Paragraph[]): boolean {
  if (claim === "") return true;
  const text = paragraphs.map(({ block }) => block.text).join("\n");
  return verifyClaim(claim, text, paragraphs.map(surroundings).join("\n")).supported;
}

function surroundings({ section, block }: Paragraph): string {
  return [section.title, ...block.headingPath].join("\n");
}

/** What the marker stands behind: the sentence before it, or the line where that is no sentence. */
function lastSentence(text: string): string {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  const sentences = splitSentences(line);
  return (sentences.at(-1)?.text ?? line).replace(/^[\s。；;,.，、]+/u, "").trim();
}

function unknownParagraph(marker: string): TutorCitation {
  const documentId = marker.slice(0, marker.indexOf("-"));
  return { marker, documentId, blockId: "", headingPath: [], quote: "", supported: false };
}
