import { RagError } from "../../errors.ts";
import { ByteWriter, checksum, corrupt } from "./bytes.ts";

/** Kind of a file and the newest version of it that this program knows. */
export interface FileKind {
  /** Four ASCII letters at the beginning of the file. */
  readonly magic: string;
  readonly version: number;
}

/** Magic, version, total length, checksum of what follows. */
const headerLength = 16;

/** Puts a header in front of the content by which damage is noticed. */
export function seal(kind: FileKind, content: Uint8Array): Uint8Array {
  const file = new ByteWriter();
  file.bytes(new TextEncoder().encode(kind.magic));
  file.uint32(kind.version);
  file.uint32(headerLength + content.length);
  file.uint32(checksum(content, kind.version));
  file.bytes(content);
  return file.finish();
}

/**
 * The content behind the header, as a view.
 *
 * @throws {RagError} `index-corrupt` when the bytes are cut short, changed or of another kind; `index-incompatible`
 * when a newer version wrote them
 */
export function unseal(kind: FileKind, bytes: Uint8Array): Uint8Array {
  if (bytes.length < headerLength) throw corrupt(`it has ${bytes.length} bytes, less than a header`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== kind.magic) throw corrupt(`it does not begin with ${kind.magic}`);
  const version = header.getUint32(4, true);
  const length = header.getUint32(8, true);
  if (length !== bytes.length) throw corrupt(`it has ${bytes.length} bytes instead of ${length}`);
  const content = bytes.subarray(headerLength);
  if (header.getUint32(12, true) !== checksum(content, version))
    throw corrupt("its checksum does not match its content");
  if (version === kind.version) return content;
  throw new RagError(
    "index-incompatible",
    `The index file has version ${version}; this program reads version ${kind.version}. Ingest the documents again.`,
    { details: { found: version, supported: kind.version } },
  );
}
