import type { StructuredToolInterface } from "@langchain/core/tools";
import type { AnyAgent, ReadyAgent } from "./define.ts";
import { AgentError } from "./errors.ts";
import { transfersTo } from "./hand-off.ts";
import { colleagueOf } from "./ready-agent.ts";

export type Team = Pick<ReadyAgent, "handoffs" | "transfers" | "tools">;

/**
 * The agents that one hands over to, and the tools by which it does.
 *
 * @throws AgentError `invalid-definition`
 */
export function joinTeam(
  name: string,
  own: readonly StructuredToolInterface[],
  agents: readonly AnyAgent[],
): Team {
  const handoffs = agents.map(colleagueOf);
  const transfers = transfersTo(handoffs);
  const tools = [...own, ...transfers.tools];
  refuseRepeated([name, ...handoffs.map((agent) => agent.name)], "agents of a team", name);
  refuseRepeated(
    tools.map((tool) => tool.name),
    "tools",
    name,
  );
  return { handoffs, transfers, tools };
}

function refuseRepeated(names: readonly string[], what: string, agent: string): void {
  const repeated = names.find((each, index) => names.indexOf(each) !== index);
  if (repeated === undefined) return;
  throw new AgentError(
    "invalid-definition",
    `Two ${what} of agent "${agent}" are named "${repeated}". Names must differ.`,
  );
}
