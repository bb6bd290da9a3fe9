/**
 * The container of a segment: named byte sections behind a JSON header. Sections begin at multiples of 16 bytes, so
 * that typed arrays can be laid over them without copying.
 *
 *     "ZXSEG\0\0\1" · u32 length of the header · header (JSON) · padding · section · padding · section …
 */
const MAGIC = [0x5a, 0x58, 0x53, 0x45, 0x47, 0, 0, 1];
const ALIGNMENT = 16;

export interface SegmentContent<Header> {
  readonly header: Header;
  readonly sections: Readonly<Record<string, Uint8Array>>;
}

/** The parts to write one after another. */
export function encodeSegmentFile<Header>({ header, sections }: SegmentContent<Header>): Uint8Array[] {
  const table: Record<string, [offset: number, length: number]> = {};
  let end = 0;
  for (const [name, section] of Object.entries(sections)) {
    table[name] = [end, section.length];
    end = align(end + section.length);
  }
  const json = new TextEncoder().encode(JSON.stringify({ header, sections: table }));
  const start = align(MAGIC.length + 4 + json.length);
  const head = new Uint8Array(start);
  head.set(MAGIC);
  new DataView(head.buffer).setUint32(MAGIC.length, json.length, true);
  head.set(json, MAGIC.length + 4);
  const parts: Uint8Array[] = [head];
  for (const section of Object.values(sections)) {
    parts.push(section, new Uint8Array(align(section.length) - section.length));
  }
  return parts;
}

/** Views into `file`, which must begin at a multiple of 16 of its buffer. @throws Error when it is no such file. */
export function decodeSegmentFile<Header>(file: Uint8Array): SegmentContent<Header> {
  if (file.length < MAGIC.length + 4 || MAGIC.some((byte, index) => file[index] !== byte)) {
    throw new Error("it is no segment file of this version");
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const jsonStart = MAGIC.length + 4;
  const jsonEnd = jsonStart + view.getUint32(MAGIC.length, true);
  const { header, sections } = JSON.parse(new TextDecoder().decode(file.subarray(jsonStart, jsonEnd))) as {
    header: Header;
    sections: Record<string, [number, number]>;
  };
  const start = align(jsonEnd);
  return {
    header,
    sections: Object.fromEntries(
      Object.entries(sections).map(([name, [offset, length]]) => {
        if (start + offset + length > file.length) throw new Error(`its section ${name} is cut off`);
        return [name, file.subarray(start + offset, start + offset + length)];
      }),
    ),
  };
}

function align(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
