import { describeCall } from "../approvals.ts";
import { isJournaled, journalKey, MAY_HAVE_RUN, readOutcome, writeOutcome } from "../call-journal.ts";
import { ask } from "../pause.ts";
import { asDecided, rejection } from "./ask-approval.ts";
import type { RunContext, ToolOutcome, ToolPolicy, ToolRun } from "./policy.ts";
import { refused, withText } from "./tool-message.ts";

/**
 * Keeps a tool that changes something from being run twice without anybody's knowledge. A call that ended before a crash
 * gives its recorded result; one that was cut off is handled as `onUnfinished` says.
 */
export function journal(context: RunContext): ToolPolicy {
  const { agent, threadId } = context;
  // Without a thread there is nothing to come back to after a crash.
  if (!context.canPause) return (run, next) => next(run);
  const kept = agent.store.journal;
  const runOnce = async (
    run: ToolRun,
    key: string,
    next: Parameters<ToolPolicy>[1],
  ): Promise<ToolOutcome> => {
    const outcome = await next(run);
    await kept.finish(threadId, key, await writeOutcome(outcome.result));
    return outcome;
  };

  return async (run, next) => {
    const { call, replyId } = run;
    if (!isJournaled(agent.tools.find((tool) => tool.name === call.name))) return next(run);
    let decided = asDecided(run, { type: "approve" });
    const noted = (outcome: ToolOutcome) =>
      decided.note === "" ? outcome : withText(outcome, (text) => decided.note + text);
    // Each time a person lets a cut-off call run again, that is a call of its own to the journal.
    for (let attempt = 0; ; attempt++) {
      const key = journalKey(replyId, call.id, attempt);
      const found = await kept.begin(threadId, key, call.name);
      if (found === "new") {
        const outcome = noted(await runOnce(decided.run, key, next));
        return attempt === 0 ? outcome : { ...outcome, mayHaveRun: true };
      }
      if (found !== "unfinished")
        return noted({ call: decided.run.call, result: await readOutcome(found.result) });
      if (agent.onUnfinished === "rerun") return { ...(await runOnce(run, key, next)), mayHaveRun: true };
      if (agent.onUnfinished === "tell") return { ...refused(call, MAY_HAVE_RUN), mayHaveRun: true };
      const description = describeCall(agent.approvals, agent.tools, call);
      const decision = ask({ ...call, why: "unfinished", reason: UNFINISHED, description });
      if (decision.type === "reject") {
        return { ...refused(call, `${MAY_HAVE_RUN}\n${rejection(decision)}`), mayHaveRun: true };
      }
      decided = asDecided(run, decision);
    }
  };
}

const UNFINISHED = "it was cut off while it ran, so it may have taken effect already";
