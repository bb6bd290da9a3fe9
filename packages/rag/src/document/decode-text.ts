import { RagError } from "../errors.ts";

/**
 * Decodes the bytes of a text file: by its BOM (UTF-8, UTF-16), else UTF-8 where that is valid, else GB18030 (which
 * includes GBK and GB2312). A BOM is not part of the text.
 *
 * @param options.encoding A label of the Encoding Standard (`big5`, `shift_jis`, …) where the encoding is known.
 * @throws RagError `invalid-document` when the bytes are no text in any of these; `invalid-input` for an unknown label.
 */
export function decodeText(
  bytes: Uint8Array,
  options: { readonly file: string; readonly encoding?: string | undefined },
): string {
  const { file, encoding } = options;
  const marked = encodingOfMark(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  if (encoding !== undefined) return decoderFor(encoding).decode(bytes);

  for (const label of ["utf-8", "gb18030"]) {
    try {
      const text = new TextDecoder(label, { fatal: true }).decode(bytes);
      if (!looksBinary(text)) return text;
    } catch {
      // Not this encoding.
    }
  }
  throw new RagError(
    "invalid-document",
    `${file} is not text in UTF-8, UTF-16 or GB18030. Save it as UTF-8, or name its encoding.`,
    { details: { file } },
  );
}

/** The `charset` that an HTML page names in its first kilobyte, if any. */
export function htmlCharset(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("windows-1252").decode(bytes.subarray(0, 1024));
  const label = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1];
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function encodingOfMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

function decoderFor(label: string): { decode(bytes: Uint8Array): string } {
  try {
    return new TextDecoder(label);
  } catch (cause) {
    throw new RagError(
      "invalid-input",
      `"${label}" is not an encoding that this runtime knows. Use for example "utf-8", "gb18030", "big5" or "shift_jis".`,
      { cause, details: { encoding: label } },
    );
  }
}

// Control characters that no text file holds in number.
function looksBinary(text: string): boolean {
  const sample = text.slice(0, 8_192);
  const controls = sample.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g)?.length ?? 0;
  return controls > Math.max(2, sample.length / 100);
}
