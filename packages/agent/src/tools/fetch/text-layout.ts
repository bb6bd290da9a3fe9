/** Lays out the text of a page as lines, by the HTML elements that begin and end around it. */
export class TextLayout {
  /** Characters laid out so far. */
  length = 0;
  readonly #lines: string[] = [];
  #line = "";
  /** What stands in front of the next text of this line: a list mark, a heading's signs. */
  #prefix = "";
  #space = "";
  #inPre = 0;
  #inRow = false;
  /** The next number of each open list; undefined in one without numbers. */
  readonly #lists: (number | undefined)[] = [];

  write(text: string): void {
    if (this.#inPre > 0) {
      const [first = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n");
      this.#add(first);
      for (const line of rest) {
        this.#lines.push(this.#line);
        this.#line = "";
        this.#add(line);
      }
      return;
    }
    const words = text.replace(HAN_BREAK, "$1").replace(SPACES, " ");
    const trimmed = words.trim();
    if (words.startsWith(" ")) this.#space ||= startsWithBreak(text) ? "\n" : " ";
    if (trimmed === "") return;
    const joinsHan = this.#space === "\n" && HAN_END.test(this.#line) && HAN_START.test(trimmed);
    this.#add((this.#line === "" || joinsHan ? "" : this.#space && " ") + trimmed);
    this.#space = words.endsWith(" ") ? (endsWithBreak(text) ? "\n" : " ") : "";
  }

  open(tag: string): void {
    const heading = /^h([1-6])$/.exec(tag);
    if (heading) {
      this.#break(1);
      this.#prefix = `${"#".repeat(Number(heading[1]))} `;
    } else if (tag === "ul" || tag === "ol" || tag === "menu") {
      this.#break(this.#lists.length > 0 ? 0 : 1);
      if (this.#lists.length < MAX_NESTING) this.#lists.push(tag === "ol" ? 1 : undefined);
    } else if (tag === "li") {
      this.#break(0);
      const depth = this.#lists.length - 1;
      const number = this.#lists[depth];
      if (number !== undefined) this.#lists[depth] = number + 1;
      this.#prefix = `${"  ".repeat(Math.max(0, depth))}${number === undefined ? "-" : `${number}.`} `;
    } else if (tag === "tr") {
      this.#break(0);
      this.#inRow = false;
    } else if (tag === "td" || tag === "th") {
      if (this.#inRow) this.#add(" | ");
      this.#inRow = true;
      this.#space = "";
    } else if (tag === "pre") {
      this.#break(1);
      this.#add("```");
      this.#break(0);
      this.#inPre++;
    } else if (tag === "br") this.#break(0);
    else if (tag === "hr") {
      this.#break(1);
      this.#add("---");
      this.#break(1);
    } else if (BLOCKS.has(tag) && !this.#inRow) this.#break(PARAGRAPHS.has(tag) ? 1 : 0);
    else if (BLOCKS.has(tag)) this.#space ||= " ";
  }

  close(tag: string): void {
    if (/^h[1-6]$/.test(tag)) this.#break(1);
    else if (tag === "ul" || tag === "ol" || tag === "menu") {
      this.#lists.pop();
      this.#break(this.#lists.length > 0 ? 0 : 1);
    } else if (tag === "pre" && this.#inPre > 0) {
      this.#break(0);
      this.#inPre--;
      this.#add("```");
      this.#break(1);
    } else if (tag === "tr" || tag === "table") {
      this.#inRow = false;
      this.#break(tag === "table" ? 1 : 0);
    } else if (BLOCKS.has(tag) && !this.#inRow) this.#break(PARAGRAPHS.has(tag) ? 1 : 0);
    else if (BLOCKS.has(tag)) this.#space ||= " ";
  }

  finish(): string {
    while (this.#inPre > 0) this.close("pre");
    this.#break(0);
    return this.#lines
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim();
  }

  #add(text: string): void {
    if (this.#prefix !== "" && text.trim() !== "") {
      this.#line += this.#prefix;
      this.length += this.#prefix.length;
      this.#prefix = "";
    }
    this.#line += text;
    this.length += text.length;
  }

  /** Ends the line, with so many empty ones behind it. */
  #break(empty: number): void {
    if (this.#line.trim() !== "") this.#lines.push(this.#inPre > 0 ? this.#line : this.#line.trimEnd());
    this.#line = "";
    this.#space = "";
    for (let i = 0; i < empty && this.#lines.at(-1) !== ""; i++) this.#lines.push("");
  }
}

const MAX_NESTING = 20;
const SPACES = /[ \t\r\n\f\u00a0]+/g;
/** Chinese characters and punctuation, between which a line break in the source is no space. */
const HAN = "[\\p{Script=Han}，。；：？！、（）「」《》“”]";
const HAN_START = new RegExp(`^${HAN}`, "u");
const HAN_END = new RegExp(`${HAN}$`, "u");
const HAN_BREAK = new RegExp(`(${HAN})[ \\t]*\\n\\s*(?=${HAN})`, "gu");
const PARAGRAPHS = new Set(["p", "blockquote", "table", "section", "article", "figure", "dl", "main"]);
const BLOCKS = new Set([
  ...PARAGRAPHS,
  "address",
  "aside",
  "caption",
  "dd",
  "details",
  "div",
  "dt",
  "fieldset",
  "figcaption",
  "footer",
  "form",
  "header",
  "li",
  "option",
  "summary",
  "tbody",
  "thead",
]);

function startsWithBreak(text: string): boolean {
  return /^[ \t\r\f]*\n/.test(text);
}

function endsWithBreak(text: string): boolean {
  return /\n[ \t\r\f]*$/.test(text);
}
