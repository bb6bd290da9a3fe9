/** A title from an id: the file name without its extension where the id is a path, else the id itself. */
export function titleOfId(id: string): string {
  const name = id.slice(id.lastIndexOf("/") + 1).replace(/\.(?:md|markdown|txt|html?|pdf|docx)$/i, "");
  return name === "" ? id : name;
}
