/** A text without whitespace that still knows where each character stood: for comparing over line breaks. */
export interface CompactText {
  readonly text: string;
  /** `offsets[i]` is the offset in the original of `text[i]`. */
  readonly offsets: readonly number[];
}

export function compactText(original: string): CompactText {
  let text = "";
  const offsets: number[] = [];
  for (let i = 0; i < original.length; i++) {
    const unit = original[i] as string;
    if (/\s/.test(unit)) continue;
    text += unit;
    offsets.push(i);
  }
  return { text, offsets };
}

/** Every occurrence of `part` in `whole`, whitespace aside, as slices of the original of `whole`. */
export function occurrences(
  whole: CompactText,
  part: CompactText,
): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  if (part.text === "") return found;
  for (let at = whole.text.indexOf(part.text); at >= 0; at = whole.text.indexOf(part.text, at + 1)) {
    const start = whole.offsets[at] as number;
    const end = (whole.offsets[at + part.text.length - 1] as number) + 1;
    found.push({ start, end });
  }
  return found;
}
