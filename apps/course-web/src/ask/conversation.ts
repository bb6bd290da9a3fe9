import type { Answer, Citation, Correction, HistoryMessage, NearestDocument } from "@zixue/rag";
import { reactive, ref } from "vue";
import type { Messages } from "../messages.ts";
import { AskError, askCourse } from "./answer-stream.ts";

/** One question and what came of it so far. */
export interface Turn {
  readonly question: string;
  text: string;
  reasoning: string;
  citations: Citation[];
  corrections: readonly Correction[];
  nearest: readonly NearestDocument[];
  mode: Answer["mode"] | "";
  outcome: Answer["outcome"] | "";
  error: string;
  state: "waiting" | "streaming" | "done" | "stopped";
}

/** A conversation with the course: what was asked and answered, and the one question under way. */
export function useConversation(language: () => "zh" | "en", text: () => Messages) {
  const turns = ref<Turn[]>([]);
  let running: AbortController | undefined;

  async function ask(question: string): Promise<void> {
    const trimmed = question.trim();
    if (trimmed === "") return;
    stop();
    const controller = new AbortController();
    running = controller;
    const history = historyOf(turns.value);
    const turn = reactive<Turn>({
      question: trimmed,
      text: "",
      reasoning: "",
      citations: [],
      corrections: [],
      nearest: [],
      mode: "",
      outcome: "",
      error: "",
      state: "waiting",
    });
    turns.value.push(turn);
    try {
      const events = askCourse({
        question: trimmed,
        history,
        language: language(),
        signal: controller.signal,
      });
      for await (const event of events) {
        if (event.type === "understood") turn.corrections = event.corrections;
        else if (event.type === "reasoning") turn.reasoning += event.delta;
        else if (event.type === "text") {
          turn.state = "streaming";
          turn.text += event.delta;
        } else if (event.type === "citation") turn.citations.push(event.citation);
        else if (event.type === "refused") turn.nearest = event.nearest;
        else if (event.type === "error") turn.error = event.error.message;
        else if (event.type === "done") {
          turn.text = event.answer.text;
          turn.citations = [...event.answer.citations];
          turn.mode = event.answer.mode;
          turn.outcome = event.answer.outcome;
        }
      }
      turn.state = "done";
    } catch (error) {
      turn.state = controller.signal.aborted ? "stopped" : "done";
      if (!controller.signal.aborted) turn.error = error instanceof AskError ? error.message : text().offline;
    } finally {
      if (running === controller) running = undefined;
    }
  }

  function stop(): void {
    running?.abort();
    running = undefined;
  }

  function clear(): void {
    stop();
    turns.value = [];
  }

  return { turns, ask, stop, clear };
}

/** The last turns as the server takes them. */
function historyOf(turns: readonly Turn[]): HistoryMessage[] {
  return turns
    .filter((turn) => turn.text !== "")
    .slice(-5)
    .flatMap((turn) => [
      { role: "user" as const, content: turn.question },
      { role: "assistant" as const, content: turn.text.slice(0, 4000) },
    ]);
}
