import type { ToolMessage } from "@langchain/core/messages";
import type { StructuredToolInterface } from "@langchain/core/tools";
import { Command } from "@langchain/langgraph";
import { JsonPlusSerializer } from "@langchain/langgraph-checkpoint";
import { traitsOf } from "./guards/tool-traits.ts";

/** Must it be known whether a call of this tool ran? Reading again, or changing to the same state again, does no harm. */
export function isJournaled(tool: StructuredToolInterface | undefined): boolean {
  if (!tool) return false;
  const { effect, idempotent } = traitsOf(tool);
  return effect !== "read" && idempotent !== true;
}

/** A call's name in the journal: models repeat the ids of calls, and a call may be allowed to run again. */
export function journalKey(replyId: string, callId: string, attempt: number): string {
  return `${replyId}/${callId}${attempt === 0 ? "" : `/${attempt}`}`;
}

const serializer = new JsonPlusSerializer();

export async function writeOutcome(result: ToolMessage | Command): Promise<string> {
  const value = result instanceof Command ? { command: commandFields(result) } : result;
  const [, bytes] = await serializer.dumpsTyped(value);
  return new TextDecoder().decode(bytes);
}

export async function readOutcome(text: string): Promise<ToolMessage | Command> {
  const value: unknown = await serializer.loadsTyped("json", text);
  const { command } = value as { command?: ConstructorParameters<typeof Command>[0] };
  return command ? new Command(command) : (value as ToolMessage);
}

function commandFields({ update, goto, graph, resume }: Command) {
  return {
    ...(update !== undefined && { update }),
    ...(goto !== undefined && { goto }),
    ...(graph !== undefined && { graph }),
    ...(resume !== undefined && { resume }),
  };
}

/** What the model reads of a call of which nobody knows whether it took effect. */
export const MAY_HAVE_RUN =
  "Error: it is not known whether this call took effect. It was cut off while it ran, and it was not run again. Find out before you call it again, and tell the user.";
