const WIDTH = 110;

/**
 * JSON for people and for diffs: indented by two, what fits on a line on one line, every item of a `chunks` list and
 * every list of numbers on a line of its own whatever its length.
 */
export function formatJson(value: unknown): string {
  return `${format(value, "")}\n`;
}

function format(value: unknown, indent: string): string {
  const compact = JSON.stringify(value);
  if (typeof value !== "object" || value === null || isNumberList(value)) return compact;
  if (indent.length + compact.length <= WIDTH && !("chunks" in value)) return compact;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => inner + format(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => {
          const text = key === "chunks" && Array.isArray(item) ? lines(item, inner) : format(item, inner);
          return `${inner}${JSON.stringify(key)}: ${text}`;
        });
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return parts.length === 0 ? `${open}${close}` : `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

/** Each chunk on a line; one of several events as a list of lines. */
function lines(chunks: readonly unknown[], indent: string): string {
  if (chunks.length === 0) return "[]";
  const inner = `${indent}  `;
  const items = chunks.map(
    (item) => inner + (Array.isArray(item) ? lines(item, inner) : JSON.stringify(item)),
  );
  return `[\n${items.join(",\n")}\n${indent}]`;
}

function isNumberList(value: object): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}
