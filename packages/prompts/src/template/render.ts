import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type MessageContent,
  SystemMessage,
} from "@langchain/core/messages";
import Handlebars from "handlebars";
import { randomBoundary, UNTRUSTED_NOTE } from "../untrusted.ts";
import { HELPER_NAMES, HELPERS, type RenderState, type Role, splitAtMarkers } from "./helpers.ts";

export interface RenderRequest {
  readonly input: Readonly<Record<string, unknown>>;
  /** Goes where the template says `{{history}}`, or else in front of the last user message. */
  readonly history: readonly BaseMessage[];
  /** Language of the notes that rendering adds. */
  readonly language: "zh" | "en";
  /** Text for `{{section "output"}}`; without that place in the template it joins the system message. */
  readonly outputNote?: string;
}

/** Renders input to messages. Synchronous, and free of state between calls. */
export type CompiledTemplate = (request: RenderRequest) => BaseMessage[];

/**
 * Compiles a checked template in a Handlebars environment of its own. (The dotprompt renderer shares one global
 * environment between all prompts, and marks roles with fixed text that an input can contain; here roles are marked
 * with a random value for each rendering.)
 */
export function compileTemplate(text: string, partials: ReadonlyMap<string, string>): CompiledTemplate {
  const environment = Handlebars.create();
  for (const [name, helper] of Object.entries(HELPERS)) environment.registerHelper(name, helper);
  const knownHelpers = Object.fromEntries([...HELPER_NAMES].map((name) => [name, true]));
  const compile = (source: string) =>
    environment.compile(source, { noEscape: true, knownHelpers, knownHelpersOnly: true });
  for (const [name, source] of partials) environment.registerPartial(name, compile(source));
  const run = compile(text);

  return (request) => {
    const state: RenderState = { nonce: randomBoundary(), fenced: false };
    const rendered = run(request.input, { data: { zixue: state } });
    const { drafts, placedOutput } = toDrafts(rendered, state.nonce, request);
    const notes = [
      ...(state.fenced ? [UNTRUSTED_NOTE[request.language]] : []),
      ...(request.outputNote !== undefined && !placedOutput ? [request.outputNote] : []),
    ];
    return withNotes(placeHistory(drafts, request.history), notes);
  };
}

interface Draft {
  role: Role;
  readonly parts: Part[];
}

type Part = { readonly text: string } | { readonly url: string; readonly contentType?: string };

const HISTORY = Symbol("history");

function toDrafts(rendered: string, nonce: string, request: RenderRequest) {
  let current: Draft = { role: "user", parts: [] };
  const drafts: (Draft | typeof HISTORY)[] = [current];
  let placedOutput = false;
  const begin = (role: Role): Draft => {
    current = { role, parts: [] };
    return current;
  };
  for (const piece of splitAtMarkers(rendered, nonce)) {
    if (typeof piece === "string") {
      current.parts.push({ text: piece });
    } else if (piece.kind === "role") {
      if (isBlank(current)) current.role = piece.role;
      else drafts.push(begin(piece.role));
    } else if (piece.kind === "history") {
      // As the dotprompt format has it, text right after the history speaks for the model.
      drafts.push(HISTORY, begin("model"));
    } else if (piece.kind === "media") {
      current.parts.push(piece);
    } else if (piece.name === "output") {
      placedOutput = true;
      current.parts.push({ text: request.outputNote ?? "" });
    }
  }
  return { drafts: drafts.filter((draft) => draft === HISTORY || !isBlank(draft)), placedOutput };
}

function placeHistory(drafts: (Draft | typeof HISTORY)[], history: readonly BaseMessage[]): BaseMessage[] {
  if (drafts.includes(HISTORY)) {
    return drafts.flatMap((draft) => (draft === HISTORY ? history : [toMessage(draft)]));
  }
  const messages = (drafts as Draft[]).map(toMessage);
  const last = messages.at(-1);
  if (last?.getType() === "human") return [...messages.slice(0, -1), ...history, last];
  return [...messages, ...history];
}

function withNotes(messages: BaseMessage[], notes: readonly string[]): BaseMessage[] {
  if (notes.length === 0) return messages;
  const note = notes.join("\n\n");
  const [first, ...rest] = messages;
  if (first?.getType() !== "system") return [new SystemMessage(note), ...messages];
  const content: MessageContent =
    typeof first.content === "string"
      ? `${first.content}\n\n${note}`
      : [...first.content, { type: "text", text: note }];
  return [new SystemMessage({ content }), ...rest];
}

function toMessage(draft: Draft): BaseMessage {
  const content = toContent(draft.parts);
  if (draft.role === "system") return new SystemMessage({ content });
  return draft.role === "user" ? new HumanMessage({ content }) : new AIMessage({ content });
}

function toContent(parts: readonly Part[]): MessageContent {
  if (parts.every((part) => "text" in part))
    return parts
      .map((part) => part.text)
      .join("")
      .trim();
  return parts
    .map((part) =>
      "text" in part ? { type: "text", text: part.text.trim() } : toMediaBlock(part.url, part.contentType),
    )
    .filter((block) => block.type !== "text" || block.text !== "") as MessageContent;
}

function toMediaBlock(url: string, contentType = "image/*"): Record<string, unknown> & { type: string } {
  if (contentType.startsWith("image/")) return { type: "image_url", image_url: { url } };
  const type = contentType.startsWith("audio/") ? "audio" : "file";
  const inline = /^data:[^,]*;base64,(.*)$/s.exec(url);
  return inline
    ? { type, source_type: "base64", mime_type: contentType, data: inline[1]! }
    : { type, source_type: "url", mime_type: contentType, url };
}

function isBlank(draft: Draft): boolean {
  return draft.parts.every((part) => "text" in part && part.text.trim() === "");
}
