/**
 * Text as a question may hold it: control characters (line breaks and tabs apart), bidirectional overrides and halves
 * of surrogate pairs are replaced; the ends are trimmed.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, " ")
    .trim();
}

/** Whether anything of a text can be seen: spaces, zero-width and private characters alone are nothing. */
export function isBlank(text: string): boolean {
  return !/[^\p{Z}\p{C}\p{M}\u2800\u3164\u115F\u1160\uFFA0]/u.test(text);
}
