/** What PostgreSQL's text cannot hold, and the sign that stands before its escape. */
const unstorable = /[\\\0]|\p{Surrogate}/gu;

/** A string as the database stores and compares it: NUL and lone surrogates escaped, so that no two become alike. */
export function toStoredText(text: string): string {
  return text.replace(unstorable, (character) => {
    if (character === "\\") return "\\\\";
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** The string that `toStoredText` was given. */
export function fromStoredText(stored: string): string {
  return stored.replace(/\\(?:\\|u([0-9a-f]{4}))/g, (_, code?: string) =>
    code === undefined ? "\\" : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
