#!/usr/bin/env node
/** `create-zixue-app <dir> [--example name] [--package-manager npm|pnpm] [--yes]` */
import { createInterface } from "node:readline/promises";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createApp, type PackageManager } from "./create-app.ts";
import { CreateError } from "./errors.ts";
import { type Example, openRepository } from "./repository.ts";

const USAGE = `create-zixue-app <dir> [--example name] [--package-manager npm|pnpm] [--yes]

  --example <name>      which example to copy; without it you choose from a list
  --package-manager     npm (default) or pnpm
  --yes                 no questions: the first example
  --list                only list the examples`;

// Ctrl+C stops the command that is running; what was begun is then cleaned up as after any failure.
let stopped = false;
process.on("SIGINT", () => {
  stopped = true;
});
try {
  await main();
} catch (error) {
  if (!(error instanceof CreateError)) throw error;
  // A signal that came while a command ran is only seen afterwards.
  await setTimeout(100);
  console.error(stopped ? "✗ Stopped; nothing was written." : `✗ ${error.message}`);
  process.exitCode = stopped ? 130 : 1;
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) return console.log(USAGE);
  const repository = openRepository();
  if (values.list) return console.log(listOf(repository.examples));
  const [directory] = positionals;
  if (directory === undefined)
    throw new CreateError("invalid-arguments", `Name the folder to create.\n\n${USAGE}`);
  const packageManager = values["package-manager"] ?? "npm";
  if (!isPackageManager(packageManager)) {
    throw new CreateError(
      "invalid-arguments",
      `--package-manager takes npm or pnpm, not "${packageManager}".`,
    );
  }
  const example = values.example ?? (await choose(repository.examples, values.yes === true));
  console.log(`Copying ${example} and packing what it needs …`);
  const app = createApp({ directory, example, packageManager, repository });
  console.log(
    `\n✓ ${app.name} is in ${app.directory}. Next:\n${app.next.map((line) => `  ${line}`).join("\n")}`,
  );
  console.log(
    `\nThe same again: create-zixue-app ${directory} --example ${example} --package-manager ${packageManager}`,
  );
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        example: { type: "string" },
        "package-manager": { type: "string" },
        yes: { type: "boolean", short: "y" },
        list: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new CreateError("invalid-arguments", `${(error as Error).message}\n\n${USAGE}`, { cause: error });
  }
}

async function choose(examples: readonly Example[], yes: boolean): Promise<string> {
  if (yes) return examples[0]!.name;
  if (!process.stdin.isTTY) {
    throw new CreateError(
      "invalid-arguments",
      `Name an example with --example, or take the first with --yes:\n${listOf(examples)}`,
    );
  }
  console.log(
    examples.map(({ name, description }, index) => `${index + 1}. ${name}: ${description}`).join("\n"),
  );
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const answer = (await prompt.question(`Which one? [1–${examples.length}] `)).trim();
      const chosen = examples[Number(answer) - 1] ?? examples.find(({ name }) => name === answer);
      if (chosen) return chosen.name;
    }
  } finally {
    prompt.close();
  }
}

function listOf(examples: readonly Example[]): string {
  return examples.map(({ name, description }) => `  ${name.padEnd(20)} ${description}`).join("\n");
}

function isPackageManager(value: string): value is PackageManager {
  return value === "npm" || value === "pnpm";
}
