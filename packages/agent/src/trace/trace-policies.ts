import { ToolMessage } from "@langchain/core/messages";
import { isGraphInterrupt } from "@langchain/langgraph";
import type { AgentToolCall } from "../events.ts";
import { markOf } from "../guards/taint.ts";
import type { ModelPolicy, RunContext, ToolOutcome, ToolPolicy } from "../policies/policy.ts";
import { isError } from "../policies/tool-message.ts";
import { errorMessage, errorType } from "./describe-model.ts";
import { ARGUMENTS } from "./open-telemetry.ts";
import type { TraceRecorder } from "./recorder.ts";
import type { Attributes, SpanError } from "./span.ts";

/** A span for each request to a model: the innermost policy, so that every retry and fallback has its own. */
export function traceModel({ agent, trace }: RunContext): ModelPolicy {
  return (turn, next) => trace.chat({ ...turn, agent: agent.name }, () => next(turn));
}

/** A span for each tool call: the outermost policy, so that refusals and pauses are seen too. */
export function traceTools(context: RunContext): ToolPolicy {
  const { trace } = context;
  // What is kept from the model is kept from traces too; tools get the real values.
  const withoutPii = (text: string) => context.pii?.hide(text) ?? text;
  return (run, next) =>
    trace.tool(
      context.agent.name,
      { ...run.call, args: hideIn(run.call.args, withoutPii) },
      () => next(run),
      (outcome, error) => {
        if (!outcome && isGraphInterrupt(error)) return { attributes: { "zixue.approval": "waiting" } };
        const answer = context.pause.answers.findLast(({ callId }) => callId === run.call.id);
        const approval = answer && {
          "zixue.approval": answer.decision.type,
          "zixue.approval.why": answer.why,
        };
        if (!outcome) {
          const failure = { type: errorType(error), message: trace.reason(errorMessage(error)) };
          return { attributes: { ...approval }, error: failure };
        }
        const { attributes, error: failed } = describeOutcome(outcome, trace, withoutPii);
        const type = answer?.decision.type === "reject" ? "rejected" : "tool_error";
        return { attributes: { ...attributes, ...approval }, ...(failed && { error: { ...failed, type } }) };
      },
    );
}

function describeOutcome(
  outcome: ToolOutcome,
  trace: TraceRecorder,
  withoutPii: (text: string) => string,
): { attributes: Attributes; error: SpanError | undefined } {
  const { call, result, mayHaveRun } = outcome;
  const attributes = {
    [ARGUMENTS]: trace.arguments(hideIn(call.args, withoutPii)),
    "zixue.tool.may_have_run": mayHaveRun,
  };
  if (!ToolMessage.isInstance(result)) return { attributes, error: undefined };
  // What an untrusted tool says of its failure is content from outside.
  const text = withoutPii(result.text);
  const reason = markOf(result) ? trace.text(text) : trace.reason(text);
  const error = { type: "tool_error", ...(reason !== undefined && { message: reason }) };
  return {
    attributes: {
      ...attributes,
      "zixue.tool.result.length": result.text.length,
      "gen_ai.tool.call.result": trace.text(text),
    },
    error: isError(outcome) ? error : undefined,
  };
}

function hideIn(args: AgentToolCall["args"], hide: (text: string) => string): AgentToolCall["args"] {
  const text = JSON.stringify(args);
  const hidden = hide(text);
  return hidden === text ? args : (JSON.parse(hidden) as AgentToolCall["args"]);
}
