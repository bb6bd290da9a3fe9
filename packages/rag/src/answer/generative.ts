import type { QueryTranslator } from "../index/keyword/query.ts";
import { detectLanguage } from "../language/detect-language.ts";
import type { Retrieval } from "../retrieve/retrieval.ts";
import { CitedAnswer, isUnverified } from "./cite-generated.ts";
import { CitedText } from "./cited-text.ts";
import type { AnswerEvent, HistoryMessage } from "./events.ts";
import { type Generator, ReplyGate } from "./generate.ts";
import { type MessageLanguage, messages } from "./messages.ts";
import { packContext } from "./pack-context.ts";
import type { ClaimVerifier } from "./verify-with-model.ts";

export interface GenerativeSettings {
  readonly generator: Generator;
  /** Judges the citations when the text is complete; without it they are checked by their words alone. */
  readonly verifier?: ClaimVerifier | undefined;
  /** Checks sentences against text of the other language; see `verifyClaim`. */
  readonly translator?: QueryTranslator | undefined;
  /** Of messages. */
  readonly language: MessageLanguage;
  readonly history: readonly HistoryMessage[];
  readonly signal: AbortSignal | undefined;
  /** The answer when the model gives none. */
  readonly quote: () => AsyncIterable<AnswerEvent>;
  /** The answer when the sources hold none. */
  readonly refuse: () => AsyncIterable<AnswerEvent>;
}

type Usage = Extract<AnswerEvent, { type: "usage" }>;

/**
 * Has a model answer from the passages and checks each sentence as it is complete: markers are brought into one shape,
 * those of no source dropped, a sentence without one given the source that bears it out, and one that none bears out
 * marked. What a model may do wrong (nothing, an apology, a broken stream) ends in an answer all the same.
 */
export async function* answerGeneratively(
  retrieval: Retrieval,
  settings: GenerativeSettings,
): AsyncGenerator<AnswerEvent> {
  const { generator, verifier, translator, signal } = settings;
  const said = messages[settings.language];
  const { question, language } = retrieval.understood;
  const sources = packContext(retrieval.context, {
    budget: generator.contextBudget,
    countTokens: generator.countTokens,
    scores: retrieval.passages.map(({ score }) => score),
    ...(retrieval.bank
      ? { first: new Set(retrieval.bank.question.points.map((point) => point.blockId)) }
      : {}),
  });
  await translator?.prepare?.(signal ? { signal } : {});
  const cited = new CitedAnswer(sources, translator);
  const reading = new CitedText({
    known: cited.markers,
    ending: (sentence) => {
      const judged = cited.judge(sentence);
      const marker = judged.assigned === null || sentence.layout === "table" ? "" : `[${judged.assigned}]`;
      const doubtful = verifier === undefined && sentence.layout !== "table" && isUnverified(judged);
      return marker + (doubtful ? said.unverified : "");
    },
  });
  const gate = new ReplyGate();
  let text = "";
  let written = "";
  let failed = false;
  let usage: Usage | undefined;
  const estimate = (): Usage => ({
    type: "usage",
    inputTokens: [question, ...sources.map((source) => source.text)].reduce(
      (sum, part) => sum + generator.countTokens(part),
      0,
    ),
    outputTokens: generator.countTokens(written),
    estimated: true,
  });
  const show = function* (delta: string): Iterable<AnswerEvent> {
    text += delta;
    if (delta !== "") yield { type: "text", delta };
  };
  try {
    const stream = generator.generate({
      question,
      language,
      history: settings.history,
      sources,
      ...(signal ? { signal } : {}),
    });
    for await (const event of stream) {
      signal?.throwIfAborted();
      if (event.type === "usage") usage = event;
      else {
        written += event.delta;
        if (event.type === "reasoning") yield event;
        else yield* show(reading.push(gate.push(event.delta)));
      }
    }
  } catch (error) {
    if (signal?.aborted) {
      if (written !== "") yield usage ?? estimate();
      throw signal.reason;
    }
    failed = true;
    const reason = error instanceof Error ? error.message : String(error);
    const message = gate.verdict === "answer" ? said.modelFailedMidway : said.modelFailed;
    yield* show(gate.verdict === "answer" ? reading.breakOff() : "");
    yield { type: "error", error: { code: "model-failed", message: `${message} (${reason})` } };
  }
  if (!failed) {
    yield* show(reading.push(gate.end()));
    yield* show(reading.end());
  }
  if (written !== "") usage ??= estimate();
  if (gate.verdict === "not-covered" && !failed) {
    yield* withUsage(usage, settings.refuse());
    return;
  }
  if (text.trim() === "") {
    const message = gate.verdict === "declined" ? said.modelDeclined : said.modelFailed;
    if (!failed) yield { type: "error", error: { code: "model-failed", message } };
    yield* withUsage(usage, settings.quote());
    return;
  }
  if (!failed && isOtherLanguage(text, language))
    yield { type: "error", error: { code: "wrong-language", message: said.wrongLanguage } };
  if (verifier !== undefined) {
    try {
      cited.decide(await verifier(cited.pairs(), { language, ...(signal ? { signal } : {}) }));
    } catch (error) {
      signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      const message = `${said.verificationFailed} (${reason})`;
      yield { type: "error", error: { code: "verification-failed", message } };
    }
    const doubtful = cited.judged
      .filter(isUnverified)
      .map(({ sentence }) => sentence.text.replace(/^[-*+\s]+/u, ""));
    if (doubtful.length > 0) yield* show(`\n\n${said.unverifiedSentences(doubtful)}`);
  }
  const citations = cited.citations();
  for (const citation of citations) yield { type: "citation", citation };
  yield usage ?? estimate();
  const borne = citations.some((citation) => citation.supported);
  yield {
    type: "done",
    answer: {
      text,
      citations,
      mode: "generative",
      outcome: borne && !failed ? "answered" : "partial",
      refused: null,
    },
  };
}

/** Code is in no language, and a few words may be names. */
function isOtherLanguage(text: string, language: MessageLanguage): boolean {
  const prose = text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`|\[\d+\]/gu, "");
  return (prose.match(/\p{L}/gu) ?? []).length >= LEAST_LETTERS && detectLanguage(prose) !== language;
}

const LEAST_LETTERS = 20;

/** Puts a usage event in front of `done`. */
async function* withUsage(
  usage: Usage | undefined,
  events: AsyncIterable<AnswerEvent>,
): AsyncGenerator<AnswerEvent> {
  for await (const event of events) {
    if (event.type === "done" && usage !== undefined) yield usage;
    yield event;
  }
}
