/** A text run at a place of a page; 595 × 842 points. */
export interface Run {
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly text: string;
}

/** A PDF with Latin text in a standard font that needs no embedding. */
export function makePdf(
  pages: readonly (readonly Run[])[],
  options: { readonly title?: string; readonly encrypted?: boolean } = {},
): Uint8Array {
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const pageNumber = (index: number) => 4 + index * 2;
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add(
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${pageNumber(i)} 0 R`).join(" ")}] >>`,
  );
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  for (const [index, runs] of pages.entries()) {
    const stream = runs
      .map(
        ({ x, y, size = 11, text }) =>
          `BT /F1 ${size} Tf ${x} ${y} Td (${text.replace(/[()\\]/g, "\\$&")}) Tj ET`,
      )
      .join("\n");
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${pageNumber(index) + 1} 0 R >>`,
    );
    add(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
  }
  const info = objects.length + 1;
  add(`<< /Title (${options.title ?? ""}) >>`);
  if (options.encrypted) {
    const key = `<${"41".repeat(32)}>`;
    add(`<< /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -44 >>`);
  }
  let file = "%PDF-1.4\n";
  const offsets = objects.map((body, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const xref = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  file += offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  const id = `<${"42".repeat(16)}>`;
  const encrypt = options.encrypted ? `/Encrypt ${info + 1} 0 R /ID [${id} ${id}]` : "";
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${info} 0 R ${encrypt} >>\nstartxref\n${xref}\n%%EOF\n`;
  return new TextEncoder().encode(file);
}

/** Lines of a paragraph, one below the other. */
export function linesAt(x: number, top: number, lines: readonly string[], size = 11): Run[] {
  return lines.map((text, index) => ({ x, y: top - index * size * 1.3, size, text }));
}
