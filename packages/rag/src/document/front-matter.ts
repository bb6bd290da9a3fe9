import { parseDocument } from "yaml";
import { RagError } from "../errors.ts";
import type { Metadata, MetadataValue } from "./document.ts";

/**
 * Reads YAML front matter (the text between the `---` lines).
 *
 * @param yaml The text between the marks.
 * @param where `file` is named in errors; `firstLine` is the line of the file, from 1, on which `yaml` starts.
 * @throws RagError `invalid-document` with `details: { file, line, column }` when it is not YAML or not a mapping.
 */
export function parseFrontMatter(
  yaml: string,
  where: { readonly file: string; readonly firstLine?: number },
): Readonly<Record<string, unknown>> {
  const firstLine = where.firstLine ?? 2;
  let data: unknown;
  try {
    const parsed = parseDocument(yaml, { prettyErrors: true, logLevel: "error" });
    const fault = parsed.errors[0];
    if (fault !== undefined) throw fault;
    // A small alias limit: a few lines of anchors must not grow into gigabytes.
    data = parsed.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    const position = (cause as { linePos?: { line: number; col: number }[] }).linePos?.[0];
    const line = firstLine + (position?.line ?? 1) - 1;
    const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!;
    throw new RagError(
      "invalid-document",
      `${where.file}:${line}: the front matter is not valid YAML: ${reason} ` +
        `Correct line ${line}, or remove the block between the "---" lines.`,
      { cause, details: { file: where.file, line, column: position?.col ?? 1 } },
    );
  }
  if (data === null || data === undefined) return {};
  if (typeof data !== "object" || Array.isArray(data)) {
    throw new RagError(
      "invalid-document",
      `${where.file}:${firstLine}: the front matter must be "key: value" lines, but it is a ${
        Array.isArray(data) ? "list" : typeof data
      }. Write for example "title: My page", or remove the block between the "---" lines.`,
      { details: { file: where.file, line: firstLine, column: 1 } },
    );
  }
  return data as Record<string, unknown>;
}

/**
 * The part of front matter that a filter can test: strings, numbers, booleans and lists of such values (as strings).
 * Nested data is left out, and so is `title`, which is the document's own.
 */
export function frontMatterMetadata(data: Readonly<Record<string, unknown>>): Metadata {
  const metadata: Record<string, MetadataValue> = {};
  for (const [key, value] of Object.entries(data)) {
    if (key === "title" || key === "__proto__") continue;
    if (isScalar(value)) metadata[key] = value;
    else if (Array.isArray(value) && value.every(isScalar)) metadata[key] = value.map(String);
  }
  return metadata;
}

function isScalar(value: unknown): value is string | number | boolean {
  return (
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value))
  );
}
