export type { CassetteMode } from "./cassette/mode.ts";
export type { CassetteRequest, NormaliseOptions } from "./cassette/normalise-request.ts";
export { type CassetteOptions, isModelRequest, withCassette } from "./cassette/with-cassette.ts";
export { cosine, deterministicVector } from "./deterministic-vector.ts";
export { type Dialect, type DialectName, dialects } from "./dialect.ts";
export { TestkitError, type TestkitErrorCode } from "./errors.ts";
export {
  type Budget,
  type ExpectedCitation,
  type MatcherContext,
  type MatcherResult,
  matchers,
} from "./matchers/matchers.ts";
export {
  type BadJsonReply,
  type ErrorReply,
  type HangReply,
  type MessageReply,
  type RawReply,
  type Reply,
  reply,
  type ScoresReply,
  type ScriptedToolCall,
  type ScriptedUsage,
  type VectorsReply,
} from "./reply.ts";
export type { Script } from "./script.ts";
export { type ChatCall, ScriptedChatModel, scriptedChatModel } from "./scripted-chat-model.ts";
export type { RecordedRequest } from "./server/recorded-request.ts";
export {
  type EndpointScripts,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from "./start-scripted-server.ts";
