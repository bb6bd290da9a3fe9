import JSZip from "jszip";

const NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';

/** A Word file from paragraphs (`[style, text]`) and tables (rows of cells). */
export async function makeDocx(
  parts: readonly (
    | readonly [style: string, text: string]
    | { readonly rows: readonly (readonly string[])[] }
  )[],
): Promise<Uint8Array> {
  const paragraph = (text: string, style = "") =>
    `<w:p><w:pPr>${style === "" ? "" : `<w:pStyle w:val="${style}"/>`}</w:pPr><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
  const body = parts.map((part) =>
    "rows" in part
      ? `<w:tbl>${part.rows.map((row) => `<w:tr>${row.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join("")}</w:tr>`).join("")}</w:tbl>`
      : paragraph(part[1], part[0]),
  );
  const styles = [1, 2, 3].map(
    (n) => `<w:style w:type="paragraph" w:styleId="H${n}"><w:name w:val="heading ${n}"/></w:style>`,
  );
  styles.push('<w:style w:type="paragraph" w:styleId="Z2"><w:name w:val="标题 2"/></w:style>');
  const zip = new JSZip();
  zip.file(
    "[Content_Types].xml",
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
  );
  zip.file(
    "_rels/.rels",
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
  );
  zip.file(
    "word/_rels/document.xml.rels",
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
  );
  zip.file("word/styles.xml", `<w:styles ${NAMESPACE}>${styles.join("")}</w:styles>`);
  zip.file("word/document.xml", `<w:document ${NAMESPACE}><w:body>${body.join("")}</w:body></w:document>`);
  return zip.generateAsync({ type: "uint8array" });
}
