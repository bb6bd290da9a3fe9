import type { Answer, AnswerEvent, ParsedDocument } from "@zixue/rag";
import { placeOf } from "./place.ts";
import type { Words } from "./words.ts";

export interface PrintOptions {
  readonly documents: ReadonlyMap<string, ParsedDocument>;
  readonly write: (text: string) => void;
  readonly words: Words;
}

/** Prints an answer as it streams, then where each `[n]` in it comes from. Gives the whole answer. */
export async function printAnswer(
  events: AsyncIterable<AnswerEvent>,
  { documents, write, words }: PrintOptions,
): Promise<Answer | undefined> {
  let printed = false;
  for await (const event of events) {
    switch (event.type) {
      case "understood":
        if (event.corrections.length > 0) write(`${words.understoodAs(event.question)}\n`);
        break;
      case "text":
        write(event.delta);
        printed = true;
        break;
      case "error":
        write(`\n${words.failed(event.error.message)}\n`);
        break;
      case "done":
        write(`${printed ? "" : event.answer.text}\n${sourcesOf(event.answer)}`);
        return event.answer;
      default:
        // `retrieved`, `reasoning`, `citation`, `refused` and `usage` are for richer interfaces than a terminal.
        break;
    }
  }
  return undefined;

  function sourcesOf({ citations }: Answer): string {
    if (citations.length === 0) return "";
    const lines = citations.map((citation) => {
      const doubt = citation.supported ? "" : `  ${words.unsupported}`;
      return `[${citation.marker}] ${placeOf(citation, documents, words)}${doubt}\n    「${shorten(citation.quote)}」`;
    });
    return `\n${words.sources}\n${lines.join("\n")}\n`;
  }
}

function shorten(quote: string): string {
  const characters = [...quote.replace(/\s+/g, " ")];
  return characters.length > 100 ? `${characters.slice(0, 99).join("")}…` : characters.join("");
}
