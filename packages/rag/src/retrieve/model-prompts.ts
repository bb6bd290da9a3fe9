import { loadPrompts, type Prompt, type PromptLibrary } from "@zixue/prompts";

let shipped: Promise<PromptLibrary> | null = null;

/**
 * A prompt of this package by name: from `folder` where it is given and has one of that name, so that a folder needs to
 * hold only what it replaces; otherwise the one that comes with the package.
 */
export async function modelPrompt(
  name: string,
  folder: string | undefined,
): Promise<Prompt<Record<string, unknown>>> {
  if (folder !== undefined) {
    const own = await loadPrompts(folder, { fallback: "zh" });
    if (own.names.includes(name)) return own.get(name);
  }
  // The same place from src/retrieve and from dist/retrieve: the prompt files are published as they are.
  shipped ??= import("node:url").then(({ fileURLToPath }) =>
    loadPrompts(fileURLToPath(new URL("../../src/prompts", import.meta.url)), { fallback: "zh" }),
  );
  return (await shipped).get(name);
}
