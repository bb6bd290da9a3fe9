import { RagError } from "../../errors.ts";

/**
 * What an index depends on besides the documents, as text that changes when the thing changes. Two indexes with
 * different fingerprints cannot be compared or added to each other.
 *
 * @example { embeddings: "openai/text-embedding-3-small@512", chunker: "structure-400" }
 */
export interface IndexFingerprint {
  readonly embeddings?: string;
  readonly chunker?: string;
  readonly [part: string]: string | undefined;
}

/** Changes with the analysis of text: an index made by another one would not find its terms. */
const TOKENIZER = "han-bigram-stem/1";

/** The fingerprint as it is stored. */
export function completeFingerprint(fingerprint: IndexFingerprint = {}): Record<string, string> {
  const parts = Object.entries({ ...fingerprint, tokenizer: TOKENIZER });
  return Object.fromEntries(
    parts
      .filter((part): part is [string, string] => part[1] !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * Compares the parts that `wanted` names; a part that it does not name is not compared. `remedy` begins the advice.
 *
 * @throws RagError `index-incompatible`, listing what differs.
 */
export function checkFingerprint(
  place: string,
  stored: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  remedy = "Delete the folder",
): void {
  const different = Object.keys(wanted).filter((part) => stored[part] !== wanted[part]);
  if (different.length === 0) return;
  const list = different.map(
    (part) => `${part}: the index has ${stored[part] ?? "none"}, now it is ${wanted[part]}`,
  );
  throw new RagError(
    "index-incompatible",
    `The index in ${place} was built with other settings (${list.join("; ")}). ${remedy} and ingest again, open ` +
      'it with onUnusable: "rebuild", or go back to the settings it was built with.',
    { details: { folder: place, different, stored, wanted } },
  );
}
