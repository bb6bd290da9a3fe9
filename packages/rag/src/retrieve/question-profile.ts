import type { BankQuestion, GlossaryTerm } from "../answer/knowledge.ts";
import { questionShape, splitQuestion } from "../answer/question-type.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { contentTerms } from "./question-bank.ts";
import type { BankMatch } from "./retrieval.ts";

export interface ProfileOptions {
  readonly glossary?: readonly GlossaryTerm[];
  /** A wording to leave out of its question's profile, for measuring. */
  readonly withoutWording?: string;
  /** Least share of the question's content terms that the profile must hold; default 0.35. */
  readonly least?: number;
  /** How far the next question must lie behind; default 0.08. */
  readonly margin?: number;
}

/** Kinds that want one fact or one sentence: a whole rubric is too much of an answer to them. */
const SINGLE_FACT: ReadonlySet<string> = new Set(["definition", "count", "when", "who", "where"]);

/**
 * The bank question that a free wording asks, judged by everything its author wrote on it: all wordings, points and
 * evidence. A paraphrase shares few words with any one wording. Words alone do not decide: the evidence must be among
 * the passages found, the next question must lie well behind, and the kind of question must be the same.
 *
 * @param passages what was found for the question, best first
 */
export function matchByProfile(
  question: string,
  bank: readonly BankQuestion[],
  passages: readonly Chunk[],
  options: ProfileOptions = {},
): BankMatch | null {
  const { type } = questionShape(question);
  if (SINGLE_FACT.has(type) || splitQuestion(question).length > 1) return null;
  const glossary = options.glossary ?? [];
  const profiles = profilesOf(bank, glossary);
  const asked = contentTerms(question, glossary);
  const total = [...asked].reduce((sum, [key, weight]) => sum + weight * profiles.idf(key), 0);
  if (total === 0) return null;
  const held = new Map<BankQuestion, number>();
  for (const [key, weight] of asked) {
    const holders = [...(profiles.holders.get(key) ?? [])].flatMap(([holder, texts]) =>
      texts.some((text) => text === EVIDENCE || text !== options.withoutWording) ? [holder] : [],
    );
    for (const holder of holders) held.set(holder, (held.get(holder) ?? 0) + weight * profiles.idf(key));
  }
  const ranked = [...held]
    .map(([candidate, value]) => ({ candidate, share: value / total }))
    .sort((a, b) => b.share - a.share);
  const [best, next] = ranked;
  if (best === undefined || best.share < (options.least ?? 0.35)) return null;
  if (best.share - (next?.share ?? 0) < (options.margin ?? 0.08)) return null;
  // A name that its author never wrote is the name of something else.
  const strange = [...asked.keys()].some(
    (key) => key.startsWith("word:") && profiles.holders.get(key)?.has(best.candidate) !== true,
  );
  if (strange) return null;
  const evidence = new Set(best.candidate.points.map((point) => point.blockId));
  if (!passages.slice(0, EVIDENCE_WITHIN).some((chunk) => chunk.blockIds.some((id) => evidence.has(id))))
    return null;
  const wordings = [best.candidate.ask, ...best.candidate.variants].filter(
    (text) => text !== options.withoutWording,
  );
  const alike = wordings.find((text) =>
    splitQuestion(text).some((part) => questionShape(part).type === type),
  );
  return alike === undefined
    ? null
    : { question: best.candidate, wording: alike, similarity: 0.62 + 0.3 * best.share };
}

/** How many of the best passages may hold the evidence. */
const EVIDENCE_WITHIN = 3;

/** Stands for the points and their evidence among the wordings that hold a term. */
const EVIDENCE = "";

interface Profiles {
  /** For each term the questions that hold it, and in which of their wordings. */
  readonly holders: ReadonlyMap<string, ReadonlyMap<BankQuestion, readonly string[]>>;
  readonly idf: (key: string) => number;
}

const known = new WeakMap<readonly BankQuestion[], Profiles>();

function profilesOf(bank: readonly BankQuestion[], glossary: readonly GlossaryTerm[]): Profiles {
  const before = known.get(bank);
  if (before !== undefined) return before;
  const holders = new Map<string, Map<BankQuestion, string[]>>();
  const add = (question: BankQuestion, name: string, text: string) => {
    for (const key of contentTerms(text, glossary).keys()) {
      const of = holders.get(key) ?? new Map<BankQuestion, string[]>();
      of.set(question, [...(of.get(question) ?? []), name]);
      holders.set(key, of);
    }
  };
  for (const question of bank) {
    for (const text of [question.ask, ...question.variants]) add(question, text, text);
    add(question, EVIDENCE, question.points.flatMap(({ say, quote }) => [say, quote]).join("\n"));
  }
  const idf = (key: string) => {
    const n = holders.get(key)?.size ?? 0;
    return Math.log(1 + (bank.length - n + 0.5) / (n + 0.5));
  };
  const profiles = { holders, idf };
  known.set(bank, profiles);
  return profiles;
}
