import type { PromptProblem } from "./errors.ts";
import { PromptsError } from "./errors.ts";
import { checkPrompts, type PromptFile, type PromptLibrary, type ReadPromptsOptions } from "./library.ts";

/**
 * Loads and checks every `.prompt` file in a folder and its subfolders.
 *
 * @throws PromptsError `invalid-template` with every problem of every file; `unreadable` when there is no such folder
 *
 * @example
 * const prompts = await loadPrompts("prompts", { fallback: "zh" });
 * const messages = await prompts.get("answer").render({ question: "什么是注意力？" }, { locale: "en" });
 */
export async function loadPrompts(folder: string, options: ReadPromptsOptions = {}): Promise<PromptLibrary> {
  const { library, problems } = await lintPrompts(folder, options);
  if (problems.length > 0) throw PromptsError.fromProblems(problems);
  return library;
}

/** As `loadPrompts`, but hands back the problems beside the prompts that are sound. */
export async function lintPrompts(
  folder: string,
  options: ReadPromptsOptions = {},
): Promise<{ library: PromptLibrary; problems: readonly PromptProblem[]; files: number }> {
  const files = await readFolder(folder);
  const prefix = `${folder.replaceAll("\\", "/").replace(/\/+$/, "")}/`;
  return { ...(await checkPrompts(files, { prefix, ...options })), files: files.length };
}

async function readFolder(folder: string): Promise<PromptFile[]> {
  // Imported here so that the rest of the package also runs where there are no files.
  const [{ readdir, readFile }, { join }] = await Promise.all([
    import("node:fs/promises"),
    import("node:path"),
  ]);
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch (cause) {
    throw new PromptsError(
      "unreadable",
      `Cannot read the prompt folder "${folder}": ${(cause as Error).message}.`,
      {
        cause,
        details: { folder },
      },
    );
  }
  const paths = names.filter((name) => name.endsWith(".prompt") && !name.includes("node_modules"));
  return Promise.all(
    paths.map(async (path) => ({
      path: path.replaceAll("\\", "/"),
      text: await readFile(join(folder, path), "utf8"),
    })),
  );
}
