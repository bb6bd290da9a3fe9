import path from "node:path";
import { parseArgs } from "node:util";
import { loadEnvFile } from "@zixue/models";
import { type Words, wordsFor } from "./words.ts";

/** What the command line and the environment (or `.env`) ask for. */
export interface Settings {
  readonly folder: string;
  readonly dataFolder: string;
  /** Empty for a conversation. */
  readonly question: string;
  readonly words: Words;
}

/** @throws TypeError for an unknown option */
export function readSettings(args: readonly string[]): Settings {
  const root = path.resolve(import.meta.dirname, "..");
  loadEnvFile(path.join(root, ".env"));
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { folder: { type: "string", short: "f" } },
  });
  // npm runs scripts in the project's folder; a path that was typed means the folder it was typed in.
  const typedIn = process.env.INIT_CWD ?? process.cwd();
  const { ASK_FOLDER = "docs", ASK_DATA = ".zixue" } = process.env;
  return {
    folder: values.folder ? path.resolve(typedIn, values.folder) : path.resolve(root, ASK_FOLDER),
    dataFolder: path.resolve(root, ASK_DATA),
    question: positionals.join(" ").trim(),
    words: wordsFor(process.env),
  };
}
