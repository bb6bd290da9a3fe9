import type { AgentEvent, AgentToolCall } from "@zixue/agent";
import type { Words } from "./words.ts";

/** Prints the events of a run as they come, and hands each on. */
export async function* printEvents(
  events: AsyncIterable<AgentEvent>,
  write: (text: string) => void,
  words: Words,
): AsyncGenerator<AgentEvent> {
  let midLine = false;
  const line = (text: string) => {
    write(`${midLine ? "\n" : ""}${text}\n`);
    midLine = false;
  };
  for await (const event of events) {
    switch (event.type) {
      case "text":
        write(event.delta);
        midLine = !event.delta.endsWith("\n");
        break;
      case "tool-call":
        line(`  → ${callText(event)}`);
        break;
      case "tool-result":
        line(`  ${event.isError ? "✗" : "←"} ${event.content}`);
        break;
      case "limit":
        line(`  ■ ${event.message}`);
        break;
      case "error":
        line(`  ✗ ${event.error.message}`);
        break;
      case "done": {
        const { steps, toolCalls, inputTokens, outputTokens } = event.usage;
        line(
          `  [${words.status[event.status]} · ${words.usage(steps, toolCalls, inputTokens + outputTokens)}]`,
        );
        break;
      }
      default:
        // `reasoning` and `usage` say nothing that a customer needs; `approval-needed` is asked about by `decide`.
        break;
    }
    yield event;
  }
}

export function callText({ name, args }: AgentToolCall): string {
  const list = Object.entries(args).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `${name}(${list.join(", ")})`;
}
