import { type Course, loadCourse } from "@zixue/course";
import type { DefaultTheme, PageData } from "vitepress";

/** What a chapter page shows of its section. Rubrics, evidence and hints stay out: they answer the questions. */
export interface ReaderSection {
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
  readonly requires: readonly { readonly id: string; readonly title: string; readonly url?: string }[];
  readonly concepts: readonly { readonly term: string; readonly en?: string | undefined }[];
  readonly questions: readonly { readonly id: string; readonly ask: string }[];
}

/** Parts, chapters and sections of the contents page; a section without `url` is not written yet. */
export type ReaderOutline = readonly {
  readonly title: string;
  readonly chapters: readonly {
    readonly title: string;
    readonly sections: readonly { readonly id: string; readonly title: string; readonly url?: string }[];
  }[];
}[];

export interface CoursePages {
  readonly sidebar: DefaultTheme.SidebarItem[];
  /** Files of sections that are in the outline only, relative to `docs/`. */
  readonly planned: ReadonlySet<string>;
  /** Puts the section's data on a chapter page and the outline on the contents page, in place of the raw front matter. */
  transformPageData(page: PageData): Partial<PageData> | undefined;
}

/** Reads the course for the site. */
export async function coursePages(folder: string): Promise<CoursePages> {
  const course = await loadCourse(folder);
  const outline = outlineOf(course);
  return {
    sidebar: outline
      .map((part) => ({
        text: part.title,
        items: part.chapters.flatMap((chapter) =>
          chapter.sections.flatMap(({ id, title, url }) =>
            url ? [{ text: `${id} ${title}`, link: url }] : [],
          ),
        ),
      }))
      .filter(({ items }) => items.length > 0),
    planned: new Set(course.sections.flatMap(({ written, file }) => (written ? [] : [`course/${file}`]))),
    transformPageData(page) {
      if (page.relativePath === "course/index.md")
        return { frontmatter: { ...page.frontmatter, parts: outline } };
      const section = course.sections.find(({ file }) => page.relativePath === `course/${file}`);
      if (!section?.written) return undefined;
      const shown: ReaderSection = {
        id: section.id,
        title: section.title,
        minutes: section.minutes,
        requires: section.requires.map((id) => linkTo(course, id)),
        concepts: section.concepts.map(({ term, en }) => ({ term, en })),
        questions: section.questions.map(({ id, ask }) => ({ id, ask })),
      };
      return { frontmatter: { section: shown } };
    },
  };
}

function outlineOf(course: Course): ReaderOutline {
  return course.parts.map((part) => ({
    title: part.title,
    chapters: part.chapters.map((chapter) => ({
      title: chapter.title,
      sections: chapter.sections.map(({ id }) => linkTo(course, id)),
    })),
  }));
}

function linkTo(course: Course, id: string): { id: string; title: string; url?: string } {
  const section = course.sections.find((candidate) => candidate.id === id);
  return { id, title: section?.title ?? id, ...(section?.written ? { url: section.url } : {}) };
}
