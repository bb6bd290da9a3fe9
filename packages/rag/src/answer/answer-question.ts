import type { Chunk } from "../chunk/chunk.ts";
import type { ChunkIndex } from "../index/chunk-index.ts";
import { compileFilter, type Filter } from "../index/filter.ts";
import type { QueryTranslator } from "../index/keyword/query.ts";
import { detectLanguage } from "../language/detect-language.ts";
import type { Retrieval } from "../retrieve/retrieval.ts";
import { type RetrievalRequest, type RetrievalSettings, retrieve } from "../retrieve/retrieve.ts";
import type { Answer, AnswerEvent, NearestDocument, RefusalReason } from "./events.ts";
import { answerExtractively } from "./extractive.ts";
import type { Generator } from "./generate.ts";
import { answerGeneratively } from "./generative.ts";
import { type About, type MessageLanguage, messages } from "./messages.ts";
import { outlineAnswer } from "./outline-answer.ts";
import type { SelectionLimits } from "./select.ts";
import { judgeTopic } from "./sufficiency.ts";
import { DEFAULT_THRESHOLDS, type SufficiencyThresholds } from "./thresholds.ts";
import type { ClaimVerifier } from "./verify-with-model.ts";

export interface AnswerSettings extends RetrievalSettings {
  /** Writes the answer; without it the answer is put together from sentences of the documents. */
  readonly generator?: Generator;
  /** Judges a written answer's citations; without it they are checked by their words alone. */
  readonly verifier?: ClaimVerifier;
  /** Checks a written answer's sentences against text of the other language, word by word. */
  readonly translator?: QueryTranslator;
  /** Default: what is stored with the index (see `fitSufficiency`), or else `DEFAULT_THRESHOLDS`. */
  readonly thresholds?: SufficiencyThresholds;
  readonly limits?: SelectionLimits;
  /** What a greeting and 「你能做什么」 are answered from. */
  readonly about?: About;
}

export interface AnswerRequest extends RetrievalRequest {
  /** Language of what the pipeline itself says; default: that of the question. */
  readonly language?: MessageLanguage;
}

/**
 * Answers a question from the documents of an index. Events come in this order, and `done` exactly once, last:
 *
 *     understood, retrieved,
 *       ( text…, citation…                                an answer or, where none was found, the nearest text
 *       | refused, text                                   nothing to answer from
 *       | reasoning…, text…, [error], citation…, [usage]  written by a model; after an error the text so far stays
 *       | error, text…, citation… )                       the model failed before its first word: quoted instead
 *     done
 *
 * Greetings, questions about the assistant itself and about the documents as such (their outline) are answered (`outcome: "answered"`) without passages or citations.
 *
 * @throws RagError `invalid-input` for a question that is empty or too long, before any event
 * @throws the signal's reason when aborted, at any time
 */
export async function* answerQuestion(
  question: string,
  settings: AnswerSettings,
  request: AnswerRequest = {},
): AsyncGenerator<AnswerEvent> {
  const thresholds = settings.thresholds ?? (await settings.index.thresholds()) ?? DEFAULT_THRESHOLDS;
  const retrieval = await retrieve(question, settings, request);
  const { understood } = retrieval;
  const language = request.language ?? understood.language;
  yield { type: "understood", question: understood.question, corrections: understood.corrections };
  const outline =
    understood.intent === "question" && understood.corrections.length === 0
      ? await outlineAnswer(
          understood.original,
          settings.index,
          settings.knowledge ?? {},
          aboutOf(settings, language),
          language,
        )
      : null;
  yield { type: "retrieved", passages: outline === null ? retrieval.passages : [] };

  if (understood.intent !== "question" || outline !== null) {
    const text =
      understood.intent === "question"
        ? (outline ?? "")
        : messages[language].smallTalk(understood.intent, aboutOf(settings, language));
    yield { type: "text", delta: text };
    yield {
      type: "done",
      answer: { text, citations: [], mode: "extractive", outcome: "answered", refused: null },
    };
    return;
  }
  const { refused } = judgeTopic(retrieval, settings.generator ? lenient(thresholds) : thresholds);
  if (refused !== null) yield* refuse(refused, retrieval, language, "extractive");
  else if (settings.generator === undefined)
    yield* quote(retrieval, settings, thresholds, language, request.filter);
  else
    yield* answerGeneratively(retrieval, {
      generator: settings.generator,
      verifier: settings.verifier,
      translator: settings.translator,
      language,
      history: request.history ?? [],
      signal: request.signal,
      quote: () => quote(retrieval, settings, thresholds, language, request.filter),
      refuse: () => refuse("not-covered", retrieval, language, "generative"),
    });
}

/** A model can tell for itself that the sources hold no answer, so only the clear cases are kept from it. */
function lenient(thresholds: SufficiencyThresholds): SufficiencyThresholds {
  return {
    ...thresholds,
    refuse: 0.6 * thresholds.refuse,
    refuseTranslated: 0.6 * thresholds.refuseTranslated,
    refuseTranslatedInField: 0.6 * thresholds.refuseTranslatedInField,
    together: 0,
  };
}

async function* quote(
  retrieval: Retrieval,
  settings: AnswerSettings,
  thresholds: SufficiencyThresholds,
  language: MessageLanguage,
  filter?: Filter,
): AsyncGenerator<AnswerEvent> {
  const answer = await answerExtractively(retrieval, within(settings.index, filter), {
    glossary: settings.knowledge?.glossary ?? [],
    thresholds,
    ...(settings.limits ? { limits: settings.limits } : {}),
  });
  const { sufficiency, citations } = answer;
  if (citations.length === 0 && retrieval.understood.told !== "") {
    const text = messages[language].nothingMore;
    yield { type: "text", delta: text };
    yield {
      type: "done",
      answer: { text, citations: [], mode: "extractive", outcome: "partial", refused: null },
    };
    return;
  }
  if (sufficiency.outcome === "refused" || citations.length === 0) {
    const reason = sufficiency.outcome === "refused" ? sufficiency.reason : "not-covered";
    yield* refuse(reason, retrieval, language, "extractive");
    return;
  }
  const partial = sufficiency.outcome === "partial";
  const notes: string[] = [];
  // Of several questions some may be answered: their answer then stands as one, and the notice over the rest.
  if (partial && answer.open === null) notes.push(messages[language].partial);
  const foreign = detectLanguage(answer.text) !== understoodLanguage(retrieval);
  if (foreign) notes.push(messages[understoodLanguage(retrieval)].otherLanguage);
  const body = (partial && answer.open === null) || foreign ? quoted(answer.text) : answer.text;
  const rest =
    answer.open === null
      ? []
      : [
          messages[language].partialOf(answer.open.questions, answer.open.text === ""),
          quoted(answer.open.text),
        ];
  const paragraphs = [...notes, body, ...rest.filter((part) => part !== ">")].flatMap((part, index) =>
    index === 0 ? [part] : ["\n\n", part],
  );
  const text = paragraphs.join("");
  for (const delta of paragraphs) yield { type: "text", delta };
  for (const citation of citations) yield { type: "citation", citation };
  yield {
    type: "done",
    answer: { text, citations, mode: "extractive", outcome: partial ? "partial" : "answered", refused: null },
  };
}

/** The index as far as a filter lets it be read. */
function within(index: ChunkIndex, filter: Filter | undefined): Pick<ChunkIndex, "chunksOf"> {
  if (filter === undefined) return index;
  const allowed = compileFilter(filter);
  return { chunksOf: async (documentId) => (await index.chunksOf(documentId)).filter(allowed) };
}

async function* refuse(
  reason: RefusalReason,
  retrieval: Retrieval,
  language: MessageLanguage,
  mode: Answer["mode"],
): AsyncGenerator<AnswerEvent> {
  const nearest = nearestDocuments(retrieval.chunks);
  yield { type: "refused", reason, nearest };
  const said = messages[language];
  const text = [reason === "off-topic" ? said.offTopic : said.notCovered, said.nearest(nearest)]
    .filter(Boolean)
    .join("\n\n");
  yield { type: "text", delta: text };
  yield {
    type: "done",
    answer: { text, citations: [], mode, outcome: "refused", refused: { reason, nearest } },
  };
}

function nearestDocuments(chunks: readonly Chunk[]): NearestDocument[] {
  const nearest = new Map<string, NearestDocument>();
  for (const { documentId, title, url } of chunks)
    if (!nearest.has(documentId))
      nearest.set(documentId, { documentId, title: title || documentId, ...(url ? { url } : {}) });
  return [...nearest.values()].slice(0, 3);
}

function understoodLanguage(retrieval: Retrieval): MessageLanguage {
  return retrieval.understood.language;
}

function quoted(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n");
}

function aboutOf(settings: AnswerSettings, language: MessageLanguage): Required<About> {
  const { name, scope, examples } = settings.about ?? {};
  return {
    name: name ?? messages[language].defaultName,
    scope: scope ?? messages[language].defaultScope,
    examples: examples ?? (settings.knowledge?.questions ?? []).slice(0, 3).map((question) => question.ask),
  };
}
