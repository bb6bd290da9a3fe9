import { RagError } from "../../errors.ts";
import { ByteWriter, checksumSteps, corrupt } from "./bytes.ts";
import { runSteps, type Steps } from "./steps.ts";

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
  const file = beginSealed(kind, content.length);
  file.bytes(content);
  return runSteps(finishSealed(kind, file));
}

/** A writer that has room for the header; the content is written to it, then it is finished. */
export function beginSealed(kind: FileKind, capacity: number): ByteWriter {
  const file = new ByteWriter(headerLength + capacity);
  file.bytes(new TextEncoder().encode(kind.magic));
  file.uint32(kind.version);
  file.uint32(0);
  file.uint32(0);
  return file;
}

/** Fills in length and checksum. */
export function* finishSealed(kind: FileKind, file: ByteWriter): Steps<Uint8Array> {
  file.patchUint32(8, file.length);
  file.patchUint32(12, yield* checksumSteps(file.view().subarray(headerLength), kind.version));
  return file.finish();
}

/**
 * The content behind the header, as a view.
 *
 * @throws {RagError} `index-corrupt` when the bytes are cut short, changed or of another kind; `index-incompatible`
 * when a newer version wrote them
 */
export function unseal(kind: FileKind, bytes: Uint8Array): Uint8Array {
  return runSteps(unsealSteps(kind, bytes));
}

/** `unseal` with pauses. */
export function* unsealSteps(kind: FileKind, bytes: Uint8Array): Steps<Uint8Array> {
  if (bytes.length < headerLength) throw corrupt(`it has ${bytes.length} bytes, less than a header`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== kind.magic) throw corrupt(`it does not begin with ${kind.magic}`);
  const version = header.getUint32(4, true);
  const length = header.getUint32(8, true);
  if (length !== bytes.length) throw corrupt(`it has ${bytes.length} bytes instead of ${length}`);
  const content = bytes.subarray(headerLength);
  if (header.getUint32(12, true) !== (yield* checksumSteps(content, version)))
    throw corrupt("its checksum does not match its content");
  if (version === kind.version) return content;
  throw new RagError(
    "index-incompatible",
    `The index file has version ${version}; this program reads version ${kind.version}. Ingest the documents again.`,
    { details: { found: version, supported: kind.version } },
  );
}
