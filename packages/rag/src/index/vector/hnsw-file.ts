import { type FileHandle, open } from "node:fs/promises";

const HEADER_BYTES = 96;
const LABEL_BYTES = 8;

/**
 * Walks through the structure of a file that hnswlib wrote (64-bit, little endian) and throws unless every size in it
 * is the expected one and the link lists end exactly at the end of the file. A full disk leaves a short file although
 * hnswlib reports success, and loading a damaged one ends the process.
 */
export async function verifyHnswFile(
  file: string,
  expected: { dimensions: number; count: number; m: number },
): Promise<void> {
  const { dimensions, count, m } = expected;
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const header = await readRange(handle, 0, HEADER_BYTES);
    const word = (at: number): number => Number(header.readBigUInt64LE(at));
    const linkBytes = 4 + 2 * m * 4;
    const elementBytes = linkBytes + dimensions * 4 + LABEL_BYTES;
    const upperBytes = 4 + m * 4;
    const maxLevel = header.readInt32LE(48);
    const entryPoint = header.readUInt32LE(52);
    require(word(0) === 0 && word(8) >= count && word(16) === count, "the number of vectors");
    require(word(24) === elementBytes, "the size of an element");
    require(word(32) === linkBytes + dimensions * 4 &&
      word(40) === linkBytes, "the place of label and vector");
    require(word(56) === m && word(64) === 2 * m && word(72) === m, "the number of links");
    require(maxLevel >= 0 && maxLevel < 64 && entryPoint < count, "the entry point");
    const listsAt = HEADER_BYTES + count * elementBytes;
    require(size >= listsAt + count * 4, "the length of the file");
    const lists = await readRange(handle, listsAt, size - listsAt);
    let at = 0;
    for (let element = 0; element < count; element++) {
      require(at + 4 <= lists.length, "the end of the link lists");
      const length = lists.readUInt32LE(at);
      require(length % upperBytes === 0 && length / upperBytes <= maxLevel, "a link list");
      at += 4 + length;
    }
    require(at === lists.length, "the end of the link lists");
  } finally {
    await handle.close();
  }
}

function require(condition: boolean, what: string): void {
  if (!condition) throw new Error(`the graph file is damaged: ${what} is wrong`);
}

async function readRange(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const target = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(target, at, length - at, start + at);
    require(bytesRead > 0, "the length of the file");
    at += bytesRead;
  }
  return target;
}
