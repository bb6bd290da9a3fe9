import type { Answer, AnswerEvent, AskOptions, RagPipeline } from "@zixue/rag";

export const ANSWER: Answer = {
  text: "答案 [1]",
  citations: [],
  mode: "extractive",
  outcome: "answered",
  refused: null,
};
export const EVENTS: readonly AnswerEvent[] = [
  { type: "understood", question: "问题?", corrections: [] },
  { type: "retrieved", passages: [] },
  { type: "text", delta: "答案 " },
  { type: "text", delta: "[1]" },
  { type: "usage", inputTokens: 7, outputTokens: 3 },
  { type: "done", answer: ANSWER },
];

/** A pipeline that plays what a test scripts: for what the network does to a stream, not for what is answered. */
export function scriptedPipeline(
  play: (question: string, options: AskOptions) => AsyncIterable<AnswerEvent>,
): RagPipeline & { readonly asked: { question: string; options: AskOptions }[] } {
  const asked: { question: string; options: AskOptions }[] = [];
  const unused = () => {
    throw new Error("not scripted");
  };
  return {
    asked,
    index: {
      stats: async () => ({
        documents: 1,
        chunks: 1,
        dimensions: 0,
        vectorSearch: "none",
        bytes: 0,
        revision: 1,
      }),
    } as unknown as RagPipeline["index"],
    answer(question, options = {}) {
      asked.push({ question, options });
      return play(question, options);
    },
    ingest: unused,
    retrieve: unused,
    asRetriever: unused,
    asTool: unused,
    close: async () => {},
  };
}

export async function* playEvents(events: readonly AnswerEvent[] = EVENTS): AsyncGenerator<AnswerEvent> {
  yield* events;
}
