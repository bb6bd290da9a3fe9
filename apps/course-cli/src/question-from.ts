import type { Readable } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import type { CommandLine } from "./command-line.ts";
import { CliError } from "./errors.ts";

/**
 * The question of the command line: its words, or standard input for `-` and for a pipe.
 *
 * @throws CliError `empty-question`
 */
export async function questionFrom(
  { words, text }: Pick<CommandLine, "words" | "text">,
  stdin: Readable & { readonly isTTY?: boolean },
): Promise<string> {
  const fromInput = words.length === 0 ? stdin.isTTY !== true : words.length === 1 && words[0] === "-";
  const question = (fromInput ? await readAll(stdin) : words.join(" ")).trim();
  if (question === "") throw new CliError("empty-question", text.emptyQuestion);
  return question;
}
