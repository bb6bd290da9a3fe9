import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { Course } from "./course.ts";
import { CourseError } from "./errors.ts";
import { type ParsedGlossary, parseGlossary } from "./glossary.ts";
import { type ParsedOutline, parseOutline } from "./outline.ts";
import { type Problem, sortProblems } from "./problem.ts";
import { parseSection, type Section, type SectionOutline } from "./section.ts";
import { SectionCache, type SectionCacheOptions } from "./section-cache.ts";

export interface LoadCourseOptions {
  /** Address of a section on the site; default `/course/<NN-chapter>/<NN-section>`. */
  readonly urlOf?: (section: Pick<SectionOutline, "id" | "file">) => string;
  /** Keeps parsed sections between runs; without it every file is parsed. */
  readonly cache?: SectionCacheOptions;
  readonly signal?: AbortSignal;
}

/**
 * Reads a course folder: `outline.yaml`, the section files that exist, `glossary.yaml`. A file that is broken is
 * listed in `problems` with its line, and the rest loads.
 *
 * @throws CourseError `folder-not-found` when there is no `outline.yaml`; `outline-invalid` when it cannot be used;
 *   `file-unreadable` when a file exists and cannot be read.
 * @example
 * const course = await loadCourse("docs/course");
 * const section = sectionOf(course, "1.3");
 * if (section.written) console.log(section.document.blocks.length);
 */
export async function loadCourse(folder: string, options: LoadCourseOptions = {}): Promise<Course> {
  const { signal, urlOf = sectionUrl } = options;
  const root = resolve(folder);
  const text = await readIfThere(join(root, "outline.yaml"), signal);
  if (text === undefined) {
    throw new CourseError(
      "folder-not-found",
      `There is no course in ${root}: it has no outline.yaml. Give the folder that holds it, usually docs/course.`,
      { details: { folder: root } },
    );
  }
  const parsed = parseOutline(text);
  const cache = options.cache === undefined ? undefined : await SectionCache.open(options.cache);
  const problems: Problem[] = [];
  const parts = await Promise.all(
    parsed.outline.parts.map(async (part) => ({
      number: part.number,
      title: part.title,
      chapters: await Promise.all(
        part.chapters.map(async (chapter) => ({
          number: chapter.number,
          title: chapter.title,
          folder: chapter.folder,
          part: part.number,
          sections: await Promise.all(
            chapter.sections.map((section) =>
              load({ ...section, part: part.number, chapter: chapter.number, url: urlOf(section) }),
            ),
          ),
        })),
      ),
    })),
  );
  await cache?.save();
  const glossary = await loadGlossary(root, signal);
  problems.push(...glossary.problems, ...(await orphans(root, parsed)));
  return {
    title: parsed.outline.title,
    folder: root,
    parts,
    sections: parts.flatMap((part) => part.chapters.flatMap((chapter) => chapter.sections)),
    glossary: glossary.entries,
    problems: sortProblems(problems),
  };

  async function load(outline: SectionOutline): Promise<Section> {
    const content = await readIfThere(join(root, outline.file), signal);
    if (content === undefined) return { ...outline, written: false };
    const known = cache?.get(outline, content);
    if (known !== undefined) return known;
    const { section, problems: found } = parseSection(outline, content);
    if (section !== undefined && found.length === 0) cache?.put(outline, content, section);
    problems.push(...found);
    return section ?? { ...outline, written: false };
  }
}

/** `/course/01-intro/03-what-is-large`: the site serves `docs/` at its root, without `.md`. */
export function sectionUrl(section: Pick<SectionOutline, "file">): string {
  return `/course/${section.file.replace(/\.md$/, "")}`;
}

async function loadGlossary(root: string, signal: AbortSignal | undefined): Promise<ParsedGlossary> {
  const text = await readIfThere(join(root, "glossary.yaml"), signal);
  return text === undefined ? { entries: [], problems: [] } : parseGlossary(text);
}

/** Section files that the outline does not know would be silently missing from the course: they are reported. */
async function orphans(root: string, { outline }: ParsedOutline): Promise<Problem[]> {
  const chapters = outline.parts.flatMap((part) => part.chapters);
  const known = new Set(chapters.flatMap((chapter) => chapter.sections.map((section) => section.file)));
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => /^\d\d-[^/]+\/\d\d-[^/]+\.md$/.test(file) && !known.has(file))
    .map((file) => ({
      file,
      line: 1,
      severity: "error",
      rule: "outline",
      message: "no section of outline.yaml has this file: correct the file's name or the outline",
    }));
}

async function readIfThere(path: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  signal?.throwIfAborted();
  try {
    return await readFile(path, { encoding: "utf8", ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ABORT_ERR") throw cause;
    throw new CourseError(
      "file-unreadable",
      `${path} cannot be read (${code ?? cause}). Check its permissions.`,
      {
        cause,
        details: { path },
      },
    );
  }
}
