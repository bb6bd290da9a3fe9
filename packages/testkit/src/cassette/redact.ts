export const REDACTED = "[secret]";

/** Forms in which providers write keys, tokens and organisation ids. All are ASCII, so they can be sought in bytes. */
const SECRET_FORMS: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{16,}/g,
  /\b(?:gsk|hf|jina|r8|tgp|nvapi|csk)[_-][A-Za-z0-9_-]{20,}/g,
  /\b(?:xai|pplx|tvly|xoxb|xoxp|xoxa)-[A-Za-z0-9-]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bAIza[0-9A-Za-z_-]{30,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\b[0-9a-f]{32}\.[A-Za-z0-9]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /\borg-[A-Za-z0-9]{12,}/g,
  /\bproj_[A-Za-z0-9]{12,}/g,
  /\bBearer\s+[A-Za-z0-9._~+/-]{16,}=*/g,
];

const SECRET_NAME =
  /key|token|secret|passw|credential|auth(?!or(?!iz))|cookie|organi[sz]ation|(^|[_-])(org|sig|signature)([_-]|$)/i;

/** Short values such as `ollama` or `false` are no secrets, and occur in ordinary text. */
const MIN_VARIABLE_LENGTH = 8;
const MIN_HEADER_LENGTH = 12;

/** Whether a header, query parameter or environment variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Values that must not be written down: those of the environment and of one request's headers and query. */
export function secretValues(
  environment: Readonly<Record<string, string | undefined>>,
  headers: Headers,
  query: URLSearchParams,
): string[] {
  const values = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && value.length >= MIN_VARIABLE_LENGTH && isSecretName(name) ? [value] : [],
  );
  for (const [name, value] of [...headers, ...query]) {
    if (!isSecretName(name)) continue;
    const bare = value.replace(/^\s*(?:Bearer|Basic|Token)\s+/i, "").trim();
    if (bare.length >= MIN_HEADER_LENGTH) values.push(bare);
  }
  return values;
}

/** Replaces the given values and everything that has the form of a key. */
export function redactText(text: string, values: readonly string[]): string {
  return redactPieces([text], values)[0] ?? "";
}

/** The same over a text in pieces: a secret that lies across pieces is replaced in the first and leaves the rest. */
export function redactPieces(pieces: readonly string[], values: readonly string[]): string[] {
  const whole = pieces.join("");
  const ranges = secretRanges(whole, values);
  if (ranges.length === 0) return [...pieces];
  let offset = 0;
  return pieces.map((piece) => {
    const from = offset;
    offset += piece.length;
    let result = "";
    let at = from;
    for (const [start, end] of ranges) {
      if (end <= at || start >= offset) continue;
      if (start >= from) result += whole.slice(at, start) + REDACTED;
      at = Math.min(end, offset);
    }
    return result + whole.slice(at, offset);
  });
}

/** Redacts every string of a JSON value, object keys excepted. */
export function redactValue(value: unknown, values: readonly string[]): unknown {
  if (typeof value === "string") return redactText(value, values);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, values));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactValue(item, values)]));
  }
  return value;
}

/** Sorted, disjoint ranges. */
function secretRanges(text: string, values: readonly string[]): [number, number][] {
  const found: [number, number][] = [];
  for (const value of new Set(values)) {
    for (let i = text.indexOf(value); i >= 0; i = text.indexOf(value, i + value.length)) {
      found.push([i, i + value.length]);
    }
  }
  for (const form of SECRET_FORMS) {
    for (const match of text.matchAll(form)) found.push([match.index, match.index + match[0].length]);
  }
  found.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of found) {
    const last = merged.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}
