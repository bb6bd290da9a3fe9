export type { ApprovalPolicy, Decision, Decisions } from "./approvals.ts";
export { type Agent, type AgentDefinition, defineAgent, type RunOptions } from "./define.ts";
export { AgentError, type AgentErrorCode } from "./errors.ts";
export type { AgentEvent, AgentStatus, AgentToolCall, AgentUsage } from "./events.ts";
export type { AgentLimits, LimitName, PriceTable } from "./limits.ts";
export { memoryThreads, type ThreadStore, threadStore } from "./threads.ts";
export { calculate } from "./tools/arithmetic.ts";
export { calculator } from "./tools/calculator.ts";
