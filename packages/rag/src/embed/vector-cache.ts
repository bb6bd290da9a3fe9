import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { RagError } from "../errors.ts";

const MAGIC = Buffer.from("ZXVEC001", "latin1");
const KEY_BYTES = 16;
/** Key, number of dimensions, CRC-32 of key and numbers. */
const HEADER_BYTES = KEY_BYTES + 8;
const SLICE = 4 * 1024 * 1024;
const LARGEST_VECTOR = 65_536;
/** With more files than this, the next run puts them into one. */
const FILES_KEPT = 32;

interface Stored {
  readonly file: string;
  readonly offset: number;
  readonly dimensions: number;
}

/**
 * Vectors by content, in a folder. Every process appends to a file of its own, so that several may share the folder;
 * a record cut short by a kill is not read. Vectors stay on the disk, only their places are kept in memory.
 */
export class VectorCache {
  readonly #folder: string;
  readonly #places: Map<string, Stored>;
  readonly #reading = new Map<string, FileHandle>();
  #writing: { handle: FileHandle; name: string; end: number } | undefined;

  private constructor(folder: string, places: Map<string, Stored>) {
    this.#folder = folder;
    this.#places = places;
  }

  /** @param fingerprint What made the vectors: another model has another cache. */
  static async open(cacheFolder: string, fingerprint: string): Promise<VectorCache> {
    const folder = path.join(
      cacheFolder,
      createHash("sha256").update(fingerprint).digest("hex").slice(0, 16),
    );
    await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
      throw cacheError(folder, cause);
    });
    const places = new Map<string, Stored>();
    const names = (await readdir(folder)).filter((name) => name.endsWith(".vectors")).sort();
    for (const name of names) await scanFile(folder, name, places);
    const cache = new VectorCache(folder, places);
    if (names.length > FILES_KEPT) await cache.#compact(names);
    return cache;
  }

  get size(): number {
    return this.#places.size;
  }

  static keyOf(text: string): string {
    return createHash("sha256")
      .update(text)
      .digest("hex")
      .slice(0, KEY_BYTES * 2);
  }

  /** `undefined` for what is not there, and for a record that has been damaged since. */
  async get(key: string): Promise<Float32Array | undefined> {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const { file, offset, dimensions } = place;
    try {
      let handle = this.#reading.get(file);
      if (handle === undefined) {
        handle = await open(path.join(this.#folder, file), "r");
        this.#reading.set(file, handle);
      }
      const record = Buffer.alloc(HEADER_BYTES + dimensions * 4);
      const { bytesRead } = await handle.read(record, 0, record.length, offset);
      if (bytesRead === record.length && isIntact(record)) return vectorOf(record);
    } catch {
      // Deleted or unreadable: as good as not there.
    }
    this.#places.delete(key);
    return undefined;
  }

  /** @throws RagError `index-write-failed` when the cache cannot be written, e.g. the disk is full. */
  async add(vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    if (vectors.size === 0) return;
    try {
      if (this.#writing === undefined) {
        const name = `${Date.now()}-${randomBytes(6).toString("hex")}.vectors`;
        const handle = await open(path.join(this.#folder, name), "wx");
        await handle.write(MAGIC);
        this.#writing = { handle, name, end: MAGIC.length };
      }
      const { handle, name } = this.#writing;
      const records = [...vectors].map(([key, vector]) => ({ key, record: encodeRecord(key, vector) }));
      await handle.appendFile(Buffer.concat(records.map(({ record }) => record)));
      for (const { key, record } of records) {
        const dimensions = (record.length - HEADER_BYTES) / 4;
        this.#places.set(key, { file: name, offset: this.#writing.end, dimensions });
        this.#writing.end += record.length;
      }
    } catch (cause) {
      // What this file holds from here on is uncertain: a later batch begins a new one.
      await this.#writing?.handle.close().catch(() => undefined);
      this.#writing = undefined;
      throw cacheError(this.#folder, cause);
    }
  }

  async close(): Promise<void> {
    await this.#writing?.handle.sync().catch(() => undefined);
    await this.#writing?.handle.close();
    await Promise.all([...this.#reading.values()].map((handle) => handle.close()));
    this.#writing = undefined;
    this.#reading.clear();
  }

  async #compact(names: readonly string[]): Promise<void> {
    const name = `${Date.now()}-${randomBytes(6).toString("hex")}.vectors`;
    const temporary = path.join(this.#folder, `${name}.tmp`);
    const handle = await open(temporary, "wx");
    const places: [string, Stored][] = [];
    let offset = MAGIC.length;
    await handle.appendFile(MAGIC);
    for (const key of [...this.#places.keys()]) {
      const vector = await this.get(key);
      if (vector === undefined) continue;
      await handle.appendFile(encodeRecord(key, vector));
      places.push([key, { file: name, offset, dimensions: vector.length }]);
      offset += HEADER_BYTES + vector.length * 4;
    }
    await handle.sync();
    await handle.close();
    await rename(temporary, path.join(this.#folder, name));
    await this.close();
    for (const [key, place] of places) this.#places.set(key, place);
    await Promise.all(names.map((old) => rm(path.join(this.#folder, old), { force: true })));
  }
}

async function scanFile(folder: string, name: string, places: Map<string, Stored>): Promise<void> {
  const handle = await open(path.join(folder, name), "r").catch(() => undefined);
  if (handle === undefined) return;
  try {
    const { size } = await handle.stat();
    let slice = Buffer.alloc(0);
    let start = 0;
    let at = 0;
    /** Makes `length` bytes at `at` available; `undefined` behind the end of the file. */
    const take = async (length: number): Promise<Buffer | undefined> => {
      if (at + length > size) return undefined;
      if (at + length > start + slice.length) {
        slice = Buffer.alloc(Math.min(Math.max(SLICE, length), size - at));
        start = at;
        const { bytesRead } = await handle.read(slice, 0, slice.length, start);
        if (bytesRead < length) return undefined;
      }
      return slice.subarray(at - start, at - start + length);
    };
    if ((await take(MAGIC.length))?.equals(MAGIC) !== true) return;
    at = MAGIC.length;
    for (;;) {
      const dimensions = (await take(HEADER_BYTES))?.readUInt32LE(KEY_BYTES);
      if (dimensions === undefined || dimensions > LARGEST_VECTOR) return;
      const record = await take(HEADER_BYTES + dimensions * 4);
      if (record === undefined || !isIntact(record)) return;
      places.set(record.toString("hex", 0, KEY_BYTES), { file: name, offset: at, dimensions });
      at += record.length;
    }
  } finally {
    await handle.close();
  }
}

function encodeRecord(key: string, vector: Float32Array): Buffer {
  const record = Buffer.alloc(HEADER_BYTES + vector.length * 4);
  record.write(key, 0, "hex");
  record.writeUInt32LE(vector.length, KEY_BYTES);
  vector.forEach((value, index) => {
    record.writeFloatLE(value, HEADER_BYTES + index * 4);
  });
  record.writeUInt32LE(checksum(record), KEY_BYTES + 4);
  return record;
}

function isIntact(record: Buffer): boolean {
  return record.readUInt32LE(KEY_BYTES + 4) === checksum(record);
}

function checksum(record: Buffer): number {
  return crc32(record.subarray(HEADER_BYTES), crc32(record.subarray(0, KEY_BYTES + 4)));
}

function vectorOf(record: Buffer): Float32Array {
  return Float32Array.from({ length: (record.length - HEADER_BYTES) / 4 }, (_, index) =>
    record.readFloatLE(HEADER_BYTES + index * 4),
  );
}

function cacheError(folder: string, cause: unknown): RagError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new RagError(
    "index-write-failed",
    `The cache of vectors in ${folder} cannot be written (${reason}). Free some space or allow writing, or embed without cacheFolder.`,
    { cause, details: { folder, reason } },
  );
}
