export type { ApprovalPolicy, ApprovalRule } from "./approvals.ts";
export type { ContextOptions } from "./context/context-options.ts";
export type { Decision, Decisions } from "./decisions.ts";
export {
  type Agent,
  type AgentDefinition,
  type AnyAgent,
  defineAgent,
  type OnUnfinished,
  type RunOptions,
} from "./define.ts";
export { AgentError, type AgentErrorCode } from "./errors.ts";
export type {
  AgentEvent,
  AgentEventBody,
  AgentStatus,
  AgentToolCall,
  AgentUsage,
  ApprovalRequest,
  UsageOfAgent,
} from "./events.ts";
export type { Grant } from "./grants.ts";
export { detectInjection, type InjectionFlag } from "./guards/detect-injection.ts";
export { findPii, PII_KINDS, type PiiKind, type PiiSpan } from "./guards/find-pii.ts";
export type { Guards, PiiOptions } from "./guards/guards.ts";
export { redactSecrets, redactSecretsIn } from "./guards/redact-secrets.ts";
export { mustAsk } from "./guards/taint.ts";
export type { ToolTraits } from "./guards/tool-traits.ts";
export type { AgentLimits, LimitName } from "./limits.ts";
export type { LargeResultsOptions } from "./policies/keep-large-results.ts";
export type { MemoryOptions } from "./recall-facts.ts";
export type { ModelPrice, PriceTable } from "./spending.ts";
export { type MemoryStoreOptions, memoryStore } from "./store/memory-store.ts";
export { openStateStore, type StateStoreOptions, stateStoreFromEnv } from "./store/open-state-store.ts";
export type { StateStoreLocation } from "./store/postgres/open-database.ts";
export type { PgClient, PgPool } from "./store/postgres/pg-database.ts";
export type { PGliteLike } from "./store/postgres/pglite-database.ts";
export type { Retention } from "./store/retention.ts";
export type {
  Claim,
  ExportedThread,
  Fact,
  MemoryStore,
  Pruned,
  StateStore,
  Thread,
  ThreadMessage,
  ThreadStore,
  ToolJournal,
  TraceSpan,
  TraceStore,
  UserExport,
} from "./store/state-store.ts";
export { type AsToolOptions, asTool } from "./team.ts";
export { calculate } from "./tools/arithmetic.ts";
export { calculator } from "./tools/calculator.ts";
export { type FetchedPage, type FetchPageOptions, fetchPage } from "./tools/fetch-page.ts";
export { type McpTools, type McpToolsOptions, mcpTools } from "./tools/mcp-tools.ts";
export { forgetTool, recallTool, rememberTool } from "./tools/memory.ts";
export { type RetrievedCitation, type RetrieverToolOptions, retrieverTool } from "./tools/retriever-tool.ts";
export { type RunJavaScriptOptions, runJavaScript } from "./tools/run-javascript.ts";
export { type FormatTraceOptions, formatTrace } from "./trace/format-trace.ts";
export type { TraceOptions } from "./trace/recorder.ts";
