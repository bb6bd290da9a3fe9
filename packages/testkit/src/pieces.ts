const CHARACTERS_PER_PIECE = 6;

/**
 * Cuts a text into the pieces a stream sends: the given ones, so many, or about six characters each.
 * Never cuts inside a surrogate pair. An empty text has no pieces.
 */
export function piecesOf(text: string, chunks?: readonly string[] | number): string[] {
  if (typeof chunks === "object") return [...chunks];
  const characters = Array.from(text);
  if (characters.length === 0) return [];
  const size =
    chunks === undefined
      ? CHARACTERS_PER_PIECE
      : Math.max(1, Math.ceil(characters.length / Math.max(1, chunks)));
  const pieces: string[] = [];
  for (let i = 0; i < characters.length; i += size) pieces.push(characters.slice(i, i + size).join(""));
  return pieces;
}

/** A plain estimate of tokens for scripted usage: one per CJK character, one per four other characters. */
export function estimateTokens(text: string): number {
  const cjk = text.match(/[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/g)?.length ?? 0;
  return cjk + Math.ceil((text.length - cjk) / 4);
}
