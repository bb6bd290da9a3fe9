import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { ModelsError } from "./errors.ts";

/**
 * Reads a `.env` file into an environment; variables that are set already win. A missing file is no error: then
 * nothing changes and the answer is false.
 *
 * @throws ModelsError "invalid-config" when the file is there but cannot be read
 * @example loadEnvFile(".env"); const models = await resolveModels();
 */
export function loadEnvFile(path: string, env: Record<string, string | undefined> = process.env): boolean {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    const message = `The settings file ${path} cannot be read: ${(cause as Error).message}`;
    throw new ModelsError("invalid-config", message, { cause });
  }
  for (const [name, value] of Object.entries(parseEnv(text))) env[name] ??= value;
  return true;
}
