import { access, readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { headingSlugs } from "../heading-slugs.ts";
import { lineOfNode, markdownTree, nodesOf } from "../markdown-tree.ts";
import type { Problem } from "../problem.ts";
import type { SectionContext } from "./section-context.ts";

/** At least one figure, every figure and practice folder in the repository, every link leading somewhere. */
export async function figuresAndLinks(context: SectionContext): Promise<Problem[]> {
  const { course, section, root, tree, problem } = context;
  const problems: Problem[] = [];
  const docs = dirname(course.folder);
  const folder = dirname(join(course.folder, section.file));

  const images = nodesOf(tree, "image");
  if (images.length === 0)
    problems.push(problem(1, "figures", "has no figure: add an SVG file and ![what it shows](path)"));
  for (const image of images) {
    const line = lineOfNode(image);
    if (/^[a-z][a-z0-9+.-]*:/i.test(image.url) || image.url.startsWith("//")) {
      problems.push(
        problem(line, "figures", `${image.url} is not in the repository: figures are files beside the text`),
      );
      continue;
    }
    const path = decode(image.url.replace(/[?#].*$/, ""));
    // The site serves docs/public at its root.
    const places = path.startsWith("/")
      ? [join(docs, "public", path), join(docs, path)]
      : [resolve(folder, path)];
    if (!(await anyExists(places)))
      problems.push(problem(line, "figures", `the figure ${image.url} does not exist`));
    if (!(image.alt ?? "").trim())
      problems.push(
        problem(line, "figures", `the figure ${image.url} has no description: ![what it shows](…)`),
      );
  }

  for (const [index, practice] of section.practice.entries()) {
    const path = resolve(root, practice);
    const outside = relative(root, path).startsWith("..");
    if (outside || !(await isFolder(path))) {
      problems.push(
        problem(
          section.lineOf(["practice", index]),
          "practice",
          `the practice folder ${practice} does not exist in the repository`,
        ),
      );
    }
  }

  for (const link of nodesOf(tree, "link")) {
    const message = await brokenLink(context, link.url, folder, docs);
    if (message !== null) problems.push(problem(lineOfNode(link), "links", message));
  }
  return problems;
}

/** What is wrong with a link, or `null`. Addresses on the network are not fetched. */
async function brokenLink(
  context: SectionContext,
  url: string,
  folder: string,
  docs: string,
): Promise<string | null> {
  if (/^(https?|mailto):/i.test(url)) return null;
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return `${url}: only http, https and mailto addresses may be linked`;
  const { course, section, content } = context;
  const [path = "", fragment = ""] = url.split("#").map(decode);
  if (path === "") return fragment === "" || anchorsOf(content).has(fragment) ? null : noAnchor(url);

  const target = path.startsWith("/") ? join(docs, path) : resolve(folder, path);
  if (relative(context.root, target).startsWith("..")) return `${url} leads out of the repository`;
  const inCourse = relative(course.folder, target).split(sep).join("/");
  const known = course.sections.find((other) => other.file === inCourse || other.url === path);
  if (known !== undefined && !known.written) return null;
  const file = known === undefined ? target : join(course.folder, known.file);
  if (!(await anyExists([file]))) {
    const planned = course.sections.some((other) => other.file === `${inCourse}.md`);
    return planned || (await anyExists([`${target}.md`]))
      ? `${url} lacks its ending: write ${path}.md`
      : `${url} leads nowhere: there is no such file`;
  }
  if (fragment === "" || !file.endsWith(".md")) return null;
  const text = known?.id === section.id ? content : await readFile(file, "utf8");
  return anchorsOf(text).has(fragment) ? null : noAnchor(url);
}

function noAnchor(url: string): string {
  return `${url} leads to no heading: copy the heading's address from the site`;
}

function anchorsOf(content: string): Set<string> {
  return new Set(headingSlugs(nodesOf(markdownTree(content), "heading")));
}

async function anyExists(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    try {
      await access(path);
      return true;
    } catch {
      // The next place.
    }
  }
  return false;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
