/** The parts of OpenAI's chat format that are normalised here, as loosely as providers send them. */
export interface WireToolCall {
  index?: number;
  id?: string | null;
  type?: string;
  function?: { name?: string | null; arguments?: string | null };
}

export interface WireMessage {
  role?: string | null;
  content?: string | null;
  reasoning_content?: string | null;
  /** What OpenRouter, Ollama and newer vLLM call it. */
  reasoning?: unknown;
  tool_calls?: WireToolCall[] | null;
}

export interface WireUsage {
  prompt_tokens?: number;
  completion_tokens?: number;
  total_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number } | null;
  /** DeepSeek's name for cached tokens. */
  prompt_cache_hit_tokens?: number;
  estimated?: boolean;
}

export interface WireCompletion {
  id?: string;
  choices?: {
    index?: number;
    message?: WireMessage;
    delta?: WireMessage | null;
    finish_reason?: string | null;
  }[];
  usage?: WireUsage | null;
  error?: unknown;
}

export interface WireRequest {
  model?: string;
  messages: (Record<string, unknown> & { role?: string; content?: unknown; tool_calls?: WireToolCall[] })[];
  tools?: { function?: { name?: string } }[];
  tool_choice?: unknown;
  stream?: boolean | null;
}
