import type { Source } from "../front-matter.ts";
import type { Problem } from "../problem.ts";
import type { SectionContext } from "./section-context.ts";

const ID_FORMS: readonly RegExp[] = [
  /^arXiv:\d{4}\.\d{4,5}(v\d+)?$/,
  /^arXiv:[a-z-]+(\.[A-Z]{2})?\/\d{7}(v\d+)?$/,
  /^doi:10\.\d{4,9}\/\S+$/,
  /^isbn:[\dXx-]{10,17}$/i,
  /^https?:\/\/\S+$/,
];

/** Ids of sources are well formed and unique; a paper that the body names by id is in `sources`. */
export function sourceRules({ section, problem, content }: SectionContext): Problem[] {
  const { sources, lineOf, document } = section;
  const problems: Problem[] = [];
  if (sources.length === 0)
    problems.push(
      problem(lineOf(["sources"]), "sources", "has no sources: facts, numbers and names are cited"),
    );

  const seen = new Set<string>();
  sources.forEach((source, index) => {
    const line = lineOf(["sources", index]);
    if (source.id !== undefined && !ID_FORMS.some((form) => form.test(source.id as string))) {
      problems.push(
        problem(
          line,
          "sources",
          `"${source.id}" is no source id: write arXiv:2206.07682, doi:10.…, isbn:…, or an address`,
        ),
      );
    }
    const key = sourceKey(source);
    if (seen.has(key)) problems.push(problem(line, "sources", `"${key}" is listed twice`));
    seen.add(key);
  });

  const known = sources.map((source) => `${source.id ?? ""} ${source.url ?? ""}`.toLowerCase());
  const start = document.blocks[0]?.start ?? 0;
  const mentions = content
    .slice(start)
    .matchAll(
      /(?:arXiv:\s?|arxiv\.org\/(?:abs|pdf)\/)(\d{4}\.\d{4,5})|doi(?::|\.org\/)\s?(10\.\d{4,9}\/[\w.;:()/+-]+)/gi,
    );
  for (const mention of mentions) {
    const id = (mention[1] ?? mention[2] ?? "")
      .toLowerCase()
      .replace(/[.,;:]+$/, "")
      .replace(/^([^(]*)\)+$/, "$1");
    if (known.some((text) => text.includes(id))) continue;
    const line = content.slice(0, start + (mention.index ?? 0)).split("\n").length;
    problems.push(
      problem(line, "sources", `the body names ${mention[0]}, which is not in sources: add it there`),
    );
  }
  return problems;
}

/** What a source is known by: its id, else its address. */
export function sourceKey(source: Source): string {
  return source.id ?? source.url ?? source.title;
}
