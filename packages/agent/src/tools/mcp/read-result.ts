/** What came of a call, for the model and for programs. */
export interface McpResult {
  readonly text: string;
  readonly isError: boolean;
  readonly artifact: McpArtifact;
}

export interface McpArtifact {
  /** The result as data, where the server gave one. */
  readonly structured?: unknown;
  /** Images and sound, in base64, as far as they are small enough to keep. */
  readonly media: readonly { readonly mimeType: string; readonly data: string }[];
}

/** Reads the result of `tools/call`: texts as they are; what a text model cannot read is named with type and size. */
export function readMcpResult(result: { readonly [key: string]: unknown }): McpResult {
  const blocks = Array.isArray(result.content) ? (result.content as Block[]) : [];
  const structured = result.structuredContent;
  const texts = blocks.map(textOf).filter((text) => text !== "");
  const text =
    texts.length > 0 ? texts.join("\n") : structured === undefined ? "" : JSON.stringify(structured);
  const media = blocks.flatMap(({ data, mimeType }) =>
    typeof data === "string" && data.length <= MAX_MEDIA ? [{ mimeType: mimeType ?? "", data }] : [],
  );
  return {
    text: text === "" ? "(The tool returned nothing.)" : text,
    isError: result.isError === true,
    artifact: { ...(structured !== undefined && { structured }), media },
  };
}

/** Artifacts are kept with the thread. */
const MAX_MEDIA = 1_000_000;

interface Block {
  readonly type?: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
  readonly uri?: string;
  readonly name?: string;
  readonly resource?: {
    readonly uri?: string;
    readonly text?: string;
    readonly blob?: string;
    readonly mimeType?: string;
  };
}

function textOf({ type, text, data, mimeType, uri, name, resource }: Block): string {
  switch (type) {
    case "text":
      return text ?? "";
    case "image":
    case "audio":
      return `[${type}, ${mimeType ?? "unknown type"}, ${sizeOf(data)}; it cannot be shown as text]`;
    case "resource_link":
      return `[resource ${name ?? ""}: ${uri ?? ""}]`;
    case "resource":
      return typeof resource?.text === "string"
        ? `[resource ${resource.uri ?? ""}]\n${resource.text}`
        : `[resource ${resource?.uri ?? ""}, ${resource?.mimeType ?? "unknown type"}, ${sizeOf(resource?.blob)}; it cannot be shown as text]`;
    default:
      return `[content of the unknown type "${String(type).slice(0, 50)}"]`;
  }
}

function sizeOf(base64: string | undefined): string {
  return `${Math.ceil(((base64?.length ?? 0) * 3) / 4 / 1024)} KB`;
}
