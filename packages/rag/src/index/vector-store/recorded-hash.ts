/** What a document's hash says besides the hash: whose vectors went into which store. */
export interface RecordedHash {
  readonly hash: string;
  /** Kind of the store and fingerprint of the embeddings; `null` when the vectors are not, or not all, in a store. */
  readonly home: string | null;
  /** Of the document's vectors; 0 when it has none or the store made them. */
  readonly dimensions: number;
}

/**
 * The form in which the keyword index records the hash of a document whose vectors are all in a store. A plain hash says
 * that they are not, so that an index whose store was attached, changed or not finished is ingested again.
 */
export function recordHash({ hash, home, dimensions }: RecordedHash): string {
  return home === null ? hash : `${MARK}${dimensions}@${encodeURIComponent(home)}:${hash}`;
}

export function readRecordedHash(recorded: string): RecordedHash {
  const match = recorded.startsWith(MARK) ? PATTERN.exec(recorded.slice(MARK.length)) : null;
  if (match === null) return { hash: recorded, home: null, dimensions: 0 };
  const [, dimensions = "0", home = "", hash = ""] = match;
  return { hash, home: decodeURIComponent(home), dimensions: Number(dimensions) };
}

/** What stands in for the hash of a document that has to be ingested again: no parser gives it. */
export function outdatedHash(hash: string): string {
  return `without-vectors:${hash}`;
}

const MARK = "vectors:";
const PATTERN = /^(\d+)@([^:]*):(.*)$/s;
