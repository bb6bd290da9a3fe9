import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withCloneLock } from "../src/clone-lock.ts";
import { CreateError, createApp, openRepository } from "../src/index.ts";
import { shell } from "./shell.ts";

const packageFolder = path.resolve(import.meta.dirname, "..");
const repository = openRepository();
let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(path.join(tmpdir(), "create-app-"));
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

describe("what cannot be created", () => {
  it("leaves a folder with something in it as it is", () => {
    writeFileSync(path.join(temporary, "mine.txt"), "mine");
    expect(errorOf(() => createApp({ directory: temporary, example: "ask-your-docs" }))).toMatchObject({
      code: "folder-not-empty",
    });
    expect(readdirSync(temporary)).toEqual(["mine.txt"]);
    const file = path.join(temporary, "mine.txt");
    expect(errorOf(() => createApp({ directory: file, example: "ask-your-docs" })).message).toMatch(
      /is a file/,
    );
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it("lists the examples when one is unknown, and makes no folder", () => {
    const directory = path.join(temporary, "app");
    const error = errorOf(() => createApp({ directory, example: "nonsense" }));
    expect(error.code).toBe("unknown-example");
    expect(error.message).toMatch(/agent-with-tools, ask-your-docs/);
    expect(existsSync(directory)).toBe(false);
  });

  it("leaves nothing behind when packing fails, and an empty folder that was there stays", () => {
    const unprepared = openRepository(cloneWithoutDependencies());
    for (const directory of [path.join(temporary, "new"), path.join(temporary, "empty")]) {
      if (directory.endsWith("empty")) mkdirSync(directory);
      const error = errorOf(() => createApp({ directory, example: "ask-your-docs", repository: unprepared }));
      expect(error).toMatchObject({ code: "pack-failed", message: expect.stringMatching(/npm run setup/) });
    }
    expect(existsSync(path.join(temporary, "new"))).toBe(false);
    expect(readdirSync(path.join(temporary, "empty"))).toEqual([]);
  });

  it("says that it needs a clone where there is none", () => {
    expect(errorOf(() => openRepository(temporary))).toMatchObject({ code: "not-in-a-clone" });
  });

  function cloneWithoutDependencies(): string {
    const clone = path.join(temporary, "clone");
    for (const part of ["pnpm-workspace.yaml", "package.json", "examples/ask-your-docs/package.json"])
      cpSync(path.join(repository.root, part), path.join(clone, part));
    for (const name of ["rag", "models", "prompts", "lexicon", "testkit"])
      cpSync(
        path.join(repository.root, "packages", name, "package.json"),
        path.join(clone, "packages", name, "package.json"),
      );
    return clone;
  }
});

describe("two at once in one clone", () => {
  it("waits for the other, and passes over the lock of a process that is gone", () => {
    const lock = path.join(temporary, ".kit/pack.lock");
    mkdirSync(path.dirname(lock));
    writeFileSync(lock, String(process.pid));
    expect(errorOf(() => withCloneLock(temporary, () => "done", 300))).toMatchObject({
      code: "pack-failed",
      message: expect.stringContaining(lock),
    });
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(lock, String(pid));
    expect(withCloneLock(temporary, () => "done", 3000)).toBe("done");
    expect(existsSync(lock)).toBe(false);
  });
});

describe("the command", () => {
  it("lists the examples with what each shows", async () => {
    const { code, output } = await command("--list");
    expect(code).toBe(0);
    for (const { name, description } of repository.examples) {
      expect(description).not.toBe("");
      expect(output).toContain(`${name}`);
      expect(output).toContain(description);
    }
  });

  it("asks for an example where nobody can choose, and for a folder when none is named", async () => {
    const unnamed = await command(path.join(temporary, "app"));
    expect(unnamed.code).toBe(1);
    expect(unnamed.output).toMatch(/--example[\s\S]*ask-your-docs/);
    const folderless = await command();
    expect(folderless.code).toBe(1);
    expect(folderless.output).toMatch(/Name the folder/);
    const unknown = await command("app", "--exmaple", "x");
    expect(unknown.code).toBe(1);
    expect(unknown.output).toMatch(/--exmaple[\s\S]*create-zixue-app <dir>/);
  });

  function command(...args: string[]) {
    return shell(packageFolder, process.execPath, ["--import", "tsx", "src/cli.ts", ...args]);
  }
});

function errorOf(work: () => unknown): CreateError {
  try {
    work();
  } catch (error) {
    if (error instanceof CreateError) return error;
    throw error;
  }
  throw new Error("No error was thrown.");
}
