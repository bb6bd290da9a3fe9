import { type AnswerSettings, answerQuestion, type RetrievalRequest, retrieve } from "../../src/browser.ts";

/** `createRagPipeline` as far as the browser entry goes: an index that is there, and no model. */
export async function createRagPipeline(settings: AnswerSettings) {
  return {
    index: settings.index,
    retrieve: (question: string, request: RetrievalRequest = {}) => retrieve(question, settings, request),
    answer: (question: string, request: Parameters<typeof answerQuestion>[2] = {}) =>
      answerQuestion(question, settings, request),
  };
}
