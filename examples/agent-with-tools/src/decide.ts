import type { AgentToolCall, Decision, Decisions } from "@zixue/agent";
import { callText } from "./print-events.ts";
import type { Terminal } from "./terminal.ts";
import type { Words } from "./words.ts";

/** Asks the person at the terminal about each waiting call. At the end of input, or on Ctrl+C, nothing is decided. */
export async function decideAt(
  terminal: Terminal,
  calls: readonly AgentToolCall[],
  words: Words,
  signal: AbortSignal,
): Promise<Decisions | undefined> {
  const decisions: Record<string, Decision> = {};
  for (const call of calls) {
    terminal.write(`  ? ${words.approve(callText(call))}\n`);
    const decision = await decideOne((prompt) => terminal.ask(`    ${prompt}`, signal), call, words);
    if (decision === undefined) return undefined;
    decisions[call.id] = decision;
  }
  return decisions;
}

async function decideOne(
  ask: (prompt: string) => Promise<string | undefined>,
  call: AgentToolCall,
  words: Words,
): Promise<Decision | undefined> {
  for (;;) {
    const answer = (await ask(words.approveChoices))?.toLowerCase();
    if (answer === undefined) return undefined;
    if (answer === "y") return { type: "approve" };
    if (answer === "n") return { type: "reject", reason: (await ask(words.whyNot)) ?? "" };
    if (answer === "e") {
      const amount = Number(await ask(words.newAmount));
      if (amount > 0) return { type: "edit", args: { ...call.args, amount } };
    }
  }
}
