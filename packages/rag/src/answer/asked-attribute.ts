import { simplify } from "@zixue/lexicon";
import { normalize } from "../language/normalize.ts";
import { splitSentences } from "../language/sentences.ts";
import type { Retrieval } from "../retrieve/retrieval.ts";
import { isDated, ORIGIN, tellsMaker } from "./evidence.ts";
import type { Piece } from "./pieces.ts";
import type { QuestionShape } from "./question-type.ts";
import { names } from "./reading-score.ts";

/**
 * Does what is shown tell the attribute that is asked for, and not only speak of its subject? 「X 是谁发明的」 is not answered
 * by what X is. Only judged where the subject is a term of the glossary and the text is in the question's language;
 * otherwise true.
 */
export function answersAttribute(
  pieces: readonly Piece[],
  question: string,
  shape: QuestionShape,
  subjects: readonly string[],
  retrieval: Retrieval,
): boolean {
  if (retrieval.translated || retrieval.understood.terms.length === 0) return true;
  const shown = pieces.map((piece) => simplify(piece.block.text.slice(piece.start, piece.end))).join("\n");
  if (
    (shape.type === "who" || shape.type === "when") &&
    ORIGIN.test(question) &&
    !tellsOrigin(blocksShown(pieces), shape, subjects)
  )
    return false;
  if (shape.type === "why" || shape.type === "yes-no") {
    // 「为什么 X 是一种 Y」 and 「为什么 X 能彻底…」 take for granted what the text then has to say.
    const premise = PREMISE.exec(question)?.[1]?.trim();
    if (premise !== undefined && !names(shown, [premise])) return false;
    if (ABSOLUTE.test(question) && !ABSOLUTE.test(shown)) return false;
  }
  if (!PLAIN_FACT.has(shape.type) && shape.type !== "why") return true;
  const text = [
    ...pieces.map(({ block }) => simplify(block.text)),
    ...pieces.flatMap(({ chunk }) => [chunk.title, ...chunk.headingPath]),
  ].join("\n");
  const wanted = predicateWords(question, subjects, retrieval);
  if (shape.type === "why")
    return wanted.filter((word) => word.length > 2).every((word) => names(text, [word]));
  return wanted.length === 0 || wanted.some((word) => names(text, [word]));
}

const PLAIN_FACT: ReadonlySet<string> = new Set(["who", "where", "when", "count", "yes-no", "other"]);

const PREMISE =
  /(?:为什么|为何|为啥|凭什么).*?(?:是|属于|算是?)一[种个类]\s*([^，。？?]{2,20}?)[呢吗]?[？?。]?$/u;
const ABSOLUTE =
  /彻底|完全|永远|绝对|百分之百|100\s*%|从来不|从不|任何|\b(?:completely|entirely|always|never)\b/iu;

/** What is shown of each block, in one text. */
function blocksShown(pieces: readonly Piece[]): string[] {
  const shown = new Map<string, string>();
  for (const { block, start, end } of pieces)
    shown.set(block.blockId, (shown.get(block.blockId) ?? "") + simplify(block.text.slice(start, end)));
  return [...shown.values()];
}

/** A sentence that begins with the subject, or goes on about it, and says by whom or when. */
function tellsOrigin(
  shown: readonly string[],
  { type }: QuestionShape,
  subjects: readonly string[],
): boolean {
  return shown.some((text) => tellsOriginOf(text, type, subjects));
}

function tellsOriginOf(block: string, type: QuestionShape["type"], subjects: readonly string[]): boolean {
  let about = false;
  for (const { text } of splitSentences(block)) {
    const opening = normalize(text).replace(/^[\s*_>#「“"-]*(?:the |an? )?/u, "");
    const opens = subjects.some((subject) => names(opening.slice(0, subject.length + 8), [subject]));
    about = opens || (about && !/^[^，,。]{1,24}(?:是指|（)/u.test(text));
    const made = namesFirst(behindOrigin(text), subjects);
    if ((about || made) && (type === "when" ? isDated(text) : tellsMaker(text))) return true;
  }
  return false;
}

/** What a verb of making is about: 「A 于 2017 年提出了 X」, 「A 提出的 X」. */
function behindOrigin(text: string): string {
  const verb = ORIGIN.exec(text);
  return verb === null ? "" : text.slice(verb.index + verb[0].length).replace(OBJECT_LEAD, "");
}

const OBJECT_LEAD = /^[a-z]*\s*(?:了|过|的)?(?:一[种个套项])?(?:名为|叫做?|the |an? )?[\s「“"*_]*/u;

function namesFirst(text: string, subjects: readonly string[]): boolean {
  return subjects.some((subject) => normalize(text).startsWith(normalize(subject)));
}

/** Words of the question, of two characters and more, that are not its subject nor a verb that only asks for the origin. */
function predicateWords(question: string, subjects: readonly string[], retrieval: Retrieval): string[] {
  return retrieval.acquaintance.words
    .map(({ word }) => word)
    .filter(
      (word) =>
        word.length > 1 &&
        names(question, [word]) &&
        !ORIGIN.test(word) &&
        !subjects.some((subject) => normalize(subject).includes(word)),
    );
}
