import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { restoreSection, type SectionOutline, type StoredSection, type WrittenSection } from "./section.ts";

/** Where parsed sections are kept between runs. */
export interface SectionCacheOptions {
  readonly folder: string;
  /** Names the version of everything that parses; another key sees nothing of what was stored under this one. */
  readonly key: string;
}

/**
 * Parsed sections by the content of their files, in one file. Parsing is most of the time that a course takes to
 * load. Damaged or unwritable, the cache is as good as empty: it never fails a load.
 */
export class SectionCache {
  readonly #path: string;
  readonly #known: ReadonlyMap<string, StoredSection>;
  readonly #used = new Map<string, StoredSection>();
  #missed = false;

  private constructor(path: string, known: ReadonlyMap<string, StoredSection>) {
    this.#path = path;
    this.#known = known;
  }

  static async open({ folder, key }: SectionCacheOptions): Promise<SectionCache> {
    const path = join(folder, `sections-${digest(key).slice(0, 16)}.json`);
    try {
      const entries = JSON.parse(await readFile(path, "utf8")) as [string, StoredSection][];
      return new SectionCache(path, new Map(entries));
    } catch {
      return new SectionCache(path, new Map());
    }
  }

  get(outline: SectionOutline, content: string): WrittenSection | undefined {
    const key = keyOf(outline, content);
    const stored = this.#known.get(key);
    if (stored === undefined) {
      this.#missed = true;
      return undefined;
    }
    this.#used.set(key, stored);
    return restoreSection(stored, outline, content);
  }

  put(outline: SectionOutline, content: string, section: WrittenSection): void {
    const { lineOf: _, document, ...rest } = section;
    const { content: __, ...parsed } = document;
    this.#used.set(keyOf(outline, content), { ...rest, document: parsed });
  }

  /** Keeps what this load used and forgets the rest. */
  async save(): Promise<void> {
    if (!this.#missed && this.#used.size === this.#known.size) return;
    const temporary = `${this.#path}.${process.pid}-${Date.now()}`;
    try {
      await mkdir(join(this.#path, ".."), { recursive: true });
      await writeFile(temporary, JSON.stringify([...this.#used]));
      await rename(temporary, this.#path);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
}

function keyOf(outline: SectionOutline, content: string): string {
  return digest(JSON.stringify([outline, content]));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
