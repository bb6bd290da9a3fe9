/**
 * Takes credentials out of a text that people, models or logs will see: the values of environment variables whose names
 * look like keys, `known` values, Authorization headers, passwords in addresses, key parameters, private keys, and keys
 * by their shape. What is found becomes `[redacted]`.
 *
 * @param known other values to take out, such as the key that a model was made with; those under 8 characters are left
 * @example redactSecrets("401: bad key sk-proj-abcdefghijklmnopqrstuvwx") // "401: bad key [redacted]"
 */
export function redactSecrets(text: string, known: readonly string[] = []): string {
  let clean = text;
  for (const value of [...known, ...environmentSecrets()].sort((a, b) => b.length - a.length)) {
    if (value.length < SHORTEST) continue;
    // A value may come as it stands in JSON or in an address.
    for (const form of new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]))
      clean = clean.replaceAll(form, REDACTED);
  }
  return SHAPES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), clean);
}

/** The same for every text in plain data, such as arguments of a tool call. Other values are kept. */
export function redactSecretsIn<T>(value: T, known: readonly string[] = []): T {
  if (typeof value === "string") return redactSecrets(value, known) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => redactSecretsIn(item, known)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      SECRET_FIELD.test(key) && typeof item === "string" && item !== ""
        ? REDACTED
        : redactSecretsIn(item, known),
    ]),
  ) as T;
}

/** Credentials that an object such as a chat model was made with. */
export function secretsOf(holder: object): string[] {
  return Object.entries(holder)
    .filter(([name, value]) => SECRET_FIELD.test(name) && typeof value === "string")
    .map(([, value]) => value as string);
}

/** What is put in place of a secret. */
export const REDACTED = "[redacted]";

const SHORTEST = 8;
const SECRET_FIELD =
  /^[a-z0-9_-]*?(?:api[_-]?key|secret(?:[_-]?key)?|password|passwd|access[_-]?token|auth[_-]?token|refresh[_-]?token|authorization|credentials?|private[_-]?key)$/i;
const SECRET_NAME =
  /(?:^|_)(?:API_?KEY|[A-Z]*KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASS|CREDENTIALS?|PAT)(?:_|$)/i;

function environmentSecrets(): string[] {
  return Object.entries(process.env).flatMap(([name, value]) =>
    // A path or a number is a setting, not a secret.
    value !== undefined && SECRET_NAME.test(name) && !/^(?:[./~].*|\d{1,12}|true|false)$/.test(value)
      ? [value]
      : [],
  );
}

/** Keys by their shape alone. */
export const KEY_SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
  // OpenAI, Anthropic, DeepSeek, DashScope and others; also as providers show them: sk-abc***xyz.
  /\b(?:sk|pk|rk|ak)-[A-Za-z0-9_-]{2,}(?:\*{3,}[A-Za-z0-9_-]*|[A-Za-z0-9_-]{14,})/g,
  /\b(?:AKIA|ASIA|AGPA|AROA)[A-Z0-9]{16}\b|\bLTAI[A-Za-z0-9]{12,30}\b|\bAKID[A-Za-z0-9]{13,40}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}\b|\bgithub_pat_[A-Za-z0-9_]{20,}\b|\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]{20,}|\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\b(?:hf|npm|gsk|r8|pplx)_[A-Za-z0-9]{20,}\b|\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g,
  // Zhipu: an id and a secret.
  /\b[0-9a-f]{32}\.[A-Za-z0-9]{16}\b/g,
];

const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token|apikey)?\s*)[^\s"',;}]+/gi, `$1${REDACTED}`],
  [/\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${REDACTED}`],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"']{0,100}:)[^\s@/"']{1,300}(@)/gi, `$1${REDACTED}$2`],
  [
    /\b((?:x-)?(?:api[-_]?key|access[-_]?token|auth[-_]?token|client[-_]?secret|password|passwd|secret)["']?\s*[=:]\s*["']?)(?!\[redacted\])[^\s"'&,;}]{6,}/gi,
    `$1${REDACTED}`,
  ],
  ...KEY_SHAPES.map((pattern) => [pattern, REDACTED] as const),
];
