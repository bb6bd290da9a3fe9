import { RagError } from "../errors.ts";

/** Longest question taken, in UTF-16 code units. */
export const MAX_QUESTION_LENGTH = 4_000;

/**
 * Makes a question safe to work on: well-formed Unicode, no control or invisible formatting characters, single spaces.
 *
 * @throws RagError `invalid-input` when it is no string, empty, or longer than `MAX_QUESTION_LENGTH`.
 */
export function cleanQuestion(question: string): string {
  if (typeof question !== "string")
    throw new RagError("invalid-input", `The question must be a string, got ${typeof question}.`);
  if (question.length > MAX_QUESTION_LENGTH)
    throw new RagError(
      "invalid-input",
      `The question has ${question.length} characters; at most ${MAX_QUESTION_LENGTH} are taken. Ask a shorter question, or ingest the long text as a document and ask about it.`,
      { details: { length: question.length, limit: MAX_QUESTION_LENGTH } },
    );
  const clean = question
    // A lone surrogate is no character; it would become U+FFFD on its way to any server.
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, " ")
    .replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu, " ")
    // Zero-width, bidirectional and tag characters hide text from the reader; joiners inside emoji stay.
    .replace(/[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/gu, "")
    .trim();
  if (clean === "")
    throw new RagError("invalid-input", "The question is empty. Pass the text of a question.");
  return clean;
}
