/**
 * Measures how claims are checked against the text that they cite: `npx tsx benchmarks/verify-claims.ts
 * [--data ../shared/eval] [--limit N] [--json]`.
 *
 * True pairs: a sentence and its own passage, a question with its gold answer filled in and its passage (a paraphrase),
 * and across languages a sentence and the passage that translates its own. False pairs: the same with a number changed,
 * a name swapped for one from elsewhere, a negation added, and with the passage before it of the same article. Rates on
 * the passages at even and at odd places apart: thresholds were chosen on the even half.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { detectLanguage, lexiconTranslator, splitSentences, verifyClaim } from "@zixue/rag";

interface Pair {
  readonly kind: string;
  readonly isTrue: boolean;
  readonly claim: string;
  readonly text: string;
  readonly half: 0 | 1;
}

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/eval" },
    limit: { type: "string" },
    json: { type: "boolean", default: false },
    overlaps: { type: "boolean", default: false },
    wrong: { type: "string" },
  },
});
const folder = path.resolve(values.data);
if (!existsSync(path.join(folder, "xquad-zh/corpus.jsonl"))) {
  console.error(`${folder} has no xquad-zh/corpus.jsonl; give the folder of evaluation data with --data.`);
  process.exit(1);
}
const translator = lexiconTranslator();
await translator.prepare();
const passages = (name: string) =>
  readLines<{ id: string; text: string }>(name, "corpus.jsonl").slice(0, Number(values.limit ?? 1e9));
const zh = passages("xquad-zh");
const en = passages("xquad-en");
const english = new Map(en.map(({ id, text }) => [id, text]));

const pairs = [...sameLanguage(zh, "zh"), ...sameLanguage(en, "en"), ...across()];
const checked = pairs.map((pair) => ({
  ...pair,
  check: verifyClaim(pair.claim, pair.text, "", { translator }),
}));

const kinds = [...new Set(pairs.map(({ kind }) => kind))];
const rows = kinds.map((kind) => {
  const own = checked.filter((pair) => pair.kind === kind);
  const rate = (half: 0 | 1) => {
    const part = own.filter((pair) => pair.half === half);
    const right = part.filter((pair) => pair.check.supported === pair.isTrue).length;
    return part.length === 0 ? 0 : right / part.length;
  };
  return {
    pairs: kind,
    expected: own[0]?.isTrue === true ? "accept" : "reject",
    count: own.length,
    "right, even half": Number(rate(0).toFixed(3)),
    "right, odd half": Number(rate(1).toFixed(3)),
  };
});
if (values.json) console.log(JSON.stringify(rows, null, 2));
else console.table(rows);
if (values.overlaps) console.table(overlapTable());
if (values.wrong !== undefined)
  for (const { kind, isTrue, claim, text, check } of checked)
    if (kind.includes(values.wrong) && check.supported !== isTrue)
      console.log(`${kind}: ${check.missing.join(", ")}\n  ${claim}\n  ${check.quote || text}`);

function sameLanguage(corpus: readonly { id: string; text: string }[], name: "zh" | "en"): Pair[] {
  const sentences = corpus.flatMap(({ text }, place) =>
    splitSentences(text)
      .filter((sentence) => sentence.text.length > 12)
      .map((sentence) => ({ claim: sentence.text, place })),
  );
  const made = sentences.flatMap(({ claim, place }, index): Pair[] => {
    const text = corpus[place]?.text ?? "";
    const half = (place % 2) as 0 | 1;
    const other = corpus[place === 0 ? 1 : place - 1]?.text ?? "";
    const elsewhere = sentences[(index + 97) % sentences.length]?.claim ?? "";
    return [
      { kind: `${name} own passage`, isTrue: true, claim, text, half },
      { kind: `${name} neighbouring passage`, isTrue: false, claim, text: other, half },
      ...changed(`${name} number changed`, withOtherNumber(claim), text, half),
      ...changed(`${name} name swapped`, withOtherName(claim, elsewhere, name), text, half),
      ...changed(`${name} negation added`, withNegation(claim, name), text, half),
    ];
  });
  return [...made, ...paraphrases(corpus, name)];
}

/** 「X 有多少 Y」 with its answer in place of the question word. */
function paraphrases(corpus: readonly { id: string; text: string }[], name: "zh" | "en"): Pair[] {
  const set = `xquad-${name}`;
  const places = new Map(corpus.map(({ id }, place) => [id, place]));
  const answers = new Map(
    readLines<{ id: string; answers: string[] }>(set, "answers.jsonl").map(({ id, answers }) => [
      id,
      answers[0] ?? "",
    ]),
  );
  const passageOf = new Map(
    readFileSync(path.join(folder, set, "qrels.tsv"), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split("\t").slice(0, 2) as [string, string]),
  );
  return readLines<{ id: string; text: string }>(set, "queries.jsonl").flatMap(
    ({ id, text: question }): Pair[] => {
      const place = places.get(passageOf.get(id) ?? "");
      if (place === undefined) return [];
      const claim = filledIn(question, answers.get(id) ?? "", name);
      const other = corpus[place === 0 ? 1 : place - 1]?.text ?? "";
      const half = (place % 2) as 0 | 1;
      return [
        { kind: `${name} question + answer`, isTrue: true, claim, text: corpus[place]?.text ?? "", half },
        { kind: `${name} question + answer, neighbour`, isTrue: false, claim, text: other, half },
      ];
    },
  );
}

function across(): Pair[] {
  return zh.flatMap(({ id, text }, place): Pair[] => {
    const half = (place % 2) as 0 | 1;
    const own = english.get(id) ?? "";
    const before = zh[place === 0 ? 1 : place - 1];
    const far = zh[(place + 101) % zh.length];
    const one = (claim: string, source: string, kind: string, isTrue: boolean): Pair => ({
      kind,
      isTrue,
      claim,
      text: source,
      half,
    });
    const of = (from: "zh" | "en") => {
      const name = from === "en" ? "en→zh" : "zh→en";
      const target = (passage: { id: string; text: string } | undefined) =>
        (from === "en" ? passage?.text : english.get(passage?.id ?? "")) ?? "";
      return splitSentences(from === "en" ? own : text)
        .filter((sentence) => sentence.text.length > 12)
        .flatMap(({ text: claim }) => {
          if (detectLanguage(claim) !== from) return [];
          const right = target(zh[place]);
          return [
            one(claim, right, `${name} translation`, true),
            one(claim, target(before), `${name} neighbouring passage`, false),
            one(claim, target(far), `${name} far passage`, false),
            ...changed(`${name} number changed`, withOtherNumber(claim), right, half),
            ...changed(`${name} negation added`, withNegation(claim, from), right, half),
          ];
        });
    };
    return [...of("en"), ...of("zh")];
  });
}

function changed(kind: string, claim: string | null, text: string, half: 0 | 1): Pair[] {
  return claim === null ? [] : [{ kind, isTrue: false, claim, text, half }];
}

/** The first number made another one: 24 → 37. */
function withOtherNumber(claim: string): string | null {
  const match = /\d[\d,]*(?:\.\d+)?/u.exec(claim);
  if (match === null) return null;
  const value = Number(match[0].replace(/,/gu, ""));
  return claim.replace(match[0], String(Number.isInteger(value) ? value + 13 : value + 1.3));
}

/** A name replaced by one of a sentence elsewhere. */
function withOtherName(claim: string, elsewhere: string, name: "zh" | "en"): string | null {
  const pattern =
    name === "zh"
      ? /\p{Script=Han}{1,4}(?:·\p{Script=Han}{1,5})+|[A-Z][A-Za-z]{2,}/u
      : /(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*/u;
  const own = pattern.exec(claim)?.[0];
  const other = pattern.exec(elsewhere)?.[0];
  return own === undefined || other === undefined || own === other ? null : claim.replace(own, other);
}

function withNegation(claim: string, name: "zh" | "en"): string | null {
  if (name === "en") {
    if (/\b(?:not|no|never|without|nor)\b|n['’]t/iu.test(claim)) return null;
    const match = /\b(?:is|are|was|were|has|have|had|can|will|would|could)\b/u.exec(claim);
    return match === null
      ? null
      : `${claim.slice(0, match.index + match[0].length)} not${claim.slice(match.index + match[0].length)}`;
  }
  if (/[不没无未非]/u.test(claim)) return null;
  const match = /(?<=\p{Script=Han})(?:是|会|能|可以|属于|采用|包括|有)(?=\p{Script=Han})/u.exec(claim);
  if (match === null) return null;
  const denied = match[0] === "有" ? "没有" : `不${match[0]}`;
  return claim.slice(0, match.index) + denied + claim.slice(match.index + match[0].length);
}

function filledIn(question: string, answer: string, name: "zh" | "en"): string {
  const statement = question.replace(/[?？]\s*$/u, "");
  return name === "zh"
    ? `${statement.replace(/什么时候|什么|哪一?[个些位种年]?|谁|多少|几|怎么样?|如何|为什么|何时/u, answer)}：${answer}。`
    : `${statement.replace(/^(?:what|who|whom|when|where|which|how (?:many|much)|how|why)\b/iu, answer)}: ${answer}.`;
}

/** Shares of true and of false pairs whose overlap reaches a threshold, on the even half. */
function overlapTable() {
  return [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6].map((least) =>
    Object.fromEntries([
      ["least", least],
      ...kinds
        .filter((kind) => /passage|translation|answer/u.test(kind))
        .map((kind) => {
          const part = checked.filter((pair) => pair.kind === kind && pair.half === 0);
          return [
            kind,
            Number((part.filter((pair) => pair.check.overlap >= least).length / part.length).toFixed(3)),
          ];
        }),
    ]),
  );
}

function readLines<T>(set: string, file: string): T[] {
  return readFileSync(path.join(folder, set, file), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as T);
}
