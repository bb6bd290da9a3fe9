import { Counter, Gauge, type Registry } from "prom-client";
import type { TutorEvent } from "./define-tutor.ts";

/** Follows one run: give it every event, and the status once at the end. */
export interface AgentRunMetrics {
  event(event: TutorEvent): void;
  ended(status: string): void;
}

export interface AgentMetrics {
  runStarted(): AgentRunMetrics;
}

export function createAgentMetrics(registry: Registry): AgentMetrics {
  const registers = [registry];
  const runs = new Counter({
    name: "agent_runs_total",
    help: "Agent runs by status: completed, limited, waiting, aborted, failed, closed.",
    labelNames: ["status"],
    registers,
  });
  const open = new Gauge({ name: "agent_runs_open", help: "Agent runs going on now.", registers });
  const calls = new Counter({
    name: "agent_tool_calls_total",
    help: "Tool calls that gave a result, by tool and outcome: ok, error.",
    labelNames: ["tool", "outcome"],
    registers,
  });
  const approvals = new Counter({
    name: "agent_approvals_asked_total",
    help: "Calls that waited for a person, by tool and why: policy, guard, unfinished.",
    labelNames: ["tool", "why"],
    registers,
  });
  const limits = new Counter({
    name: "agent_limits_total",
    help: "Runs that a limit ended, by limit.",
    labelNames: ["limit"],
    registers,
  });
  const tokens = new Counter({
    name: "agent_tokens_total",
    help: "Tokens of agent runs by kind: input, output, cached (part of the input).",
    labelNames: ["kind"],
    registers,
  });
  const cost = new Counter({
    name: "agent_cost_total",
    help: "What agent runs cost, by currency; nothing without a price table.",
    labelNames: ["currency"],
    registers,
  });
  return {
    runStarted() {
      open.inc();
      // A model may make up tool names; only those that asked or ran are known.
      return {
        event(event) {
          if (event.type === "tool-result")
            calls.inc({ tool: knownTool(event.name), outcome: event.isError ? "error" : "ok" });
          else if (event.type === "approval-needed")
            for (const { name, why } of event.calls) approvals.inc({ tool: knownTool(name), why });
          else if (event.type === "limit") limits.inc({ limit: event.limit });
          else if (event.type === "usage") {
            tokens.inc({ kind: "input" }, event.inputTokens);
            tokens.inc({ kind: "output" }, event.outputTokens);
            tokens.inc({ kind: "cached" }, event.cachedTokens);
            if (event.cost) cost.inc({ currency: event.cost.currency }, event.cost.amount);
          }
        },
        ended(status) {
          open.dec();
          runs.inc({ status });
        },
      };
    },
  };
}

const TOOLS = new Set([
  "search_course",
  "read_section",
  "quiz_me",
  "calculator",
  "run_javascript",
  "save_note",
  "read_notes",
  "read_result",
]);

/** Labels must be few, and a model may make names up. */
function knownTool(name: string): string {
  return TOOLS.has(name) ? name : "(unknown)";
}
