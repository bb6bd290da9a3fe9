/**
 * Decodes a page: by its byte order mark, else by the charset of its header, else (HTML) by that of its first kilobyte,
 * else as UTF-8 where that is valid and as GB18030 (which includes GBK) where it is not. The order is that of the HTML
 * standard's encoding sniffing.
 */
export function decodePage(bytes: Uint8Array, contentType: string, isHtml: boolean, wasCut: boolean): string {
  const label =
    markOf(bytes) ??
    known(/charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1]) ??
    (isHtml ? known(metaCharset(bytes)) : undefined);
  // As in a stream, a character that the cut left incomplete is not decoded and is no mistake.
  const options = { stream: wasCut };
  if (label !== undefined) return new TextDecoder(label).decode(bytes, options);
  for (const guess of ["utf-8", "gb18030"]) {
    try {
      return new TextDecoder(guess, { fatal: true }).decode(bytes, options);
    } catch {
      // Not this encoding.
    }
  }
  return new TextDecoder("utf-8").decode(bytes, options);
}

function markOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

function metaCharset(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  const label = /<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1];
  // What can be read as ASCII to this point is not UTF-16.
  return label !== undefined && /^utf-16/i.test(label) ? "utf-8" : label;
}

function known(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}
