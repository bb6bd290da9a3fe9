import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseFacts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { SectionContext } from "./section-context.ts";

/** Every section has `facts/<id>.yaml`, well formed, and what a claim says was checked is in the section's sources. */
export async function facts({ course, section, problem }: SectionContext): Promise<Problem[]> {
  const file = `facts/${section.id}.yaml`;
  const path = join(course.folder, file);
  try {
    await access(path);
  } catch {
    return [problem(1, "facts", `has no ${file}: list the section's checkable claims there`)];
  }
  const { claims, problems, lineOf } = parseFacts(await readFile(path, "utf8"), file);
  const names = section.sources
    .flatMap((source) => [source.id, source.url, source.title])
    .filter((name) => name !== undefined);
  const unresolved = claims.flatMap((claim, index): Problem[] => {
    // A claim from general knowledge needs no source of the section; a checked one does.
    if (claim.check === "unopened") return [];
    if (/^https?:\/\//.test(claim.source) || names.some((name) => refersTo(claim.source, name))) return [];
    const message = `source "${claim.source}" is not in the sources of ${section.file}: write the id of one of them (a place in it may follow), or an address`;
    return [{ file, line: lineOf(index), severity: "error", rule: "facts", message }];
  });
  return [...problems, ...unresolved];
}

/** `arXiv:2206.07682 §2` refers to `arXiv:2206.07682`. */
function refersTo(reference: string, name: string): boolean {
  const fold = (text: string) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  return fold(reference).includes(fold(name));
}
