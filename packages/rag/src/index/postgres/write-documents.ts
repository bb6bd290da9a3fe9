import type { Chunk } from "../../chunk/chunk.ts";
import { RagError } from "../../errors.ts";
import type { Language } from "../../language/detect-language.ts";
import type { DocumentChange } from "../chunk-index.ts";
import { type AnalyzedChunk, termOfKey } from "./analyze-chunks.ts";
import type { Session } from "./database.ts";
import { storedMetadata } from "./sql-filter.ts";
import type { IndexState } from "./state.ts";
import { fromStoredText, toStoredText } from "./stored-text.ts";
import type { Tables } from "./tables.ts";

/** Rows of one INSERT: large enough to spare round trips, small enough to bound memory. */
const batchSize = 50_000;

/** Takes documents out with all that was counted of them. The caller holds the state's lock and writes it back. */
export async function deleteDocuments(
  session: Session,
  tables: Tables,
  state: IndexState,
  documentIds: readonly string[],
): Promise<number> {
  if (documentIds.length === 0) return 0;
  const ids = documentIds.map(toStoredText);
  const gone = await session.query(
    `DELETE FROM ${tables.documents} WHERE id = ANY($1::text[]) RETURNING id`,
    [ids],
  );
  if (gone.length === 0) return 0;
  const counted = await session.query(
    `WITH gone AS (
       DELETE FROM ${tables.chunks} WHERE document = ANY($1::text[]) RETURNING number, english, lengths, terms
     ), pairs AS MATERIALIZED (
       SELECT number, english, unnest(terms) AS term FROM gone
     ), gone_postings AS (
       DELETE FROM ${tables.postings} p USING pairs WHERE p.term = pairs.term AND p.chunk = pairs.number
     ), gone_vectors AS (
       DELETE FROM ${tables.vectors} v USING gone WHERE v.chunk = gone.number
     ), fewer AS (
       UPDATE ${tables.terms} t SET chinese = t.chinese - c.chinese, english = t.english - c.english
       FROM (
         SELECT term, count(*) FILTER (WHERE NOT english) AS chinese, count(*) FILTER (WHERE english) AS english
         FROM pairs GROUP BY term
       ) c WHERE t.id = c.term
     )
     SELECT english, count(*)::float8 AS entries, sum(lengths[1])::float8 AS characters,
       sum(lengths[2])::float8 AS bigrams, sum(lengths[3])::float8 AS words
     FROM gone GROUP BY english`,
    [ids],
  );
  for (const { english, entries, characters, bigrams, words } of counted as Readonly<
    Record<string, never>
  >[]) {
    const counts = state.counts[english ? "en" : "zh"];
    counts.entries -= entries!;
    counts.lengths[0] -= characters!;
    counts.lengths[1] -= bigrams!;
    counts.lengths[2] -= words!;
  }
  state.documents -= gone.length;
  return gone.length;
}

/** Adds documents that are not there. `analyzed` and `units` follow the chunks of all documents in their order. */
export async function insertDocuments(
  session: Session,
  tables: Tables,
  state: IndexState,
  documents: readonly DocumentChange[],
  analyzed: readonly AnalyzedChunk[],
  units: readonly (Float32Array | undefined)[],
): Promise<void> {
  await session.query(
    `INSERT INTO ${tables.documents} (id, hash)
     SELECT id, hash FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS d (id, hash, position) ORDER BY position`,
    [
      documents.map(({ documentId }) => toStoredText(documentId)),
      documents.map(({ hash }) => toStoredText(hash)),
    ],
  );
  state.documents += documents.length;
  const chunks = documents.flatMap((document) => document.chunks);
  if (chunks.length === 0) return;
  await refuseSharedIds(session, tables, documents);
  const termIds = await countTerms(session, tables, analyzed);
  const numbers = await insertChunks(session, tables, chunks, analyzed, termIds);
  for (const { language, lengths } of analyzed) {
    const counts = state.counts[language];
    counts.entries++;
    for (const field of [0, 1, 2] as const) counts.lengths[field] += lengths[field];
  }
  await insertPostings(session, tables, analyzed, numbers, termIds);
  await insertVectors(session, tables, numbers, units);
}

/** Gives the chunks' numbers, which rise in their order. */
async function insertChunks(
  session: Session,
  tables: Tables,
  chunks: readonly Chunk[],
  analyzed: readonly AnalyzedChunk[],
  termIds: ReadonlyMap<string, number>,
): Promise<number[]> {
  const numbers: number[] = [];
  for (const batch of batches([...chunks.entries()], 500)) {
    const rows = await session.query(
      `INSERT INTO ${tables.chunks} (id, document, english, lengths, terms, metadata, chunk)
       SELECT id, document, english, lengths::int[], terms::int[], metadata::jsonb, chunk
       FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::text[])
         WITH ORDINALITY AS c (id, document, english, lengths, terms, metadata, chunk, position)
       ORDER BY position RETURNING number`,
      [
        batch.map(([, { id }]) => toStoredText(id)),
        batch.map(([, { documentId }]) => toStoredText(documentId)),
        batch.map(([index]) => analyzed[index]!.language === "en"),
        batch.map(([index]) => `{${analyzed[index]!.lengths.join()}}`),
        batch.map(
          ([index]) =>
            `{${Array.from(analyzed[index]!.frequencies.keys(), (key) => termIds.get(key)!).join()}}`,
        ),
        batch.map(([, { metadata }]) => storedMetadata(metadata)),
        batch.map(([, chunk]) => JSON.stringify(chunk)),
      ],
    );
    for (const { number } of rows) numbers.push(number as number);
  }
  return numbers.sort((one, other) => one - other);
}

/**
 * Raises the document frequencies and gives the terms' ids by their keys. What is there is updated first: an upsert
 * would use up an id for each term that it finds.
 */
async function countTerms(
  session: Session,
  tables: Tables,
  analyzed: readonly AnalyzedChunk[],
): Promise<Map<string, number>> {
  const counts = new Map<string, Record<Language, number>>();
  for (const { language, frequencies } of analyzed) {
    for (const key of frequencies.keys()) {
      const count = counts.get(key) ?? { zh: 0, en: 0 };
      count[language]++;
      counts.set(key, count);
    }
  }
  const ids = new Map<string, number>();
  const run = async (sql: string, keys: readonly string[]): Promise<void> => {
    const rows = await session.query(sql, [
      keys.map((key) => termOfKey(key).field),
      keys.map((key) => termOfKey(key).term),
      keys.map((key) => counts.get(key)!.zh),
      keys.map((key) => counts.get(key)!.en),
    ]);
    for (const { id, key } of rows) ids.set(key as string, id as number);
  };
  const given =
    "unnest($1::smallint[], $2::text[], $3::int[], $4::int[]) AS n (field, term, chinese, english)";
  for (const keys of batches([...counts.keys()], batchSize)) {
    await run(
      `UPDATE ${tables.terms} t SET chinese = t.chinese + n.chinese, english = t.english + n.english
       FROM ${given} WHERE t.field = n.field AND t.term = n.term RETURNING t.id, t.field || t.term AS key`,
      keys,
    );
    const added = keys.filter((key) => !ids.has(key));
    if (added.length === 0) continue;
    await run(
      `INSERT INTO ${tables.terms} (field, term, chinese, english) SELECT * FROM ${given} RETURNING id, field || term AS key`,
      added,
    );
  }
  return ids;
}

async function insertPostings(
  session: Session,
  tables: Tables,
  analyzed: readonly AnalyzedChunk[],
  numbers: readonly number[],
  termIds: ReadonlyMap<string, number>,
): Promise<void> {
  let rows: [term: number, chunk: number, frequency: number, length: number, english: boolean][] = [];
  const flush = async (): Promise<void> => {
    // In the order of their key, rows that belong together come to lie together.
    rows.sort((one, other) => one[0] - other[0]);
    await session.query(
      `INSERT INTO ${tables.postings} (term, chunk, frequency, length, english)
       SELECT * FROM unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::bool[])`,
      [0, 1, 2, 3, 4].map((column) => rows.map((row) => row[column])),
    );
    rows = [];
  };
  for (const [index, { language, lengths, frequencies }] of analyzed.entries()) {
    for (const [key, frequency] of frequencies) {
      const length = lengths[Number(key[0]) as 0 | 1 | 2];
      rows.push([termIds.get(key)!, numbers[index]!, frequency, length, language === "en"]);
    }
    if (rows.length >= batchSize) await flush();
  }
  if (rows.length > 0) await flush();
}

async function insertVectors(
  session: Session,
  tables: Tables,
  numbers: readonly number[],
  units: readonly (Float32Array | undefined)[],
): Promise<void> {
  const stored = [...units.entries()].filter(([, unit]) => unit !== undefined);
  for (const batch of batches(stored, 200)) {
    await session.query(
      `INSERT INTO ${tables.vectors} (chunk, embedding)
       SELECT chunk, embedding::real[] FROM unnest($1::int[], $2::text[]) AS v (chunk, embedding)`,
      [batch.map(([index]) => numbers[index]), batch.map(([, unit]) => `{${unit!.join()}}`)],
    );
  }
}

/** `get` could not tell two chunks with one id apart. What the change replaces is gone from the table by now. */
async function refuseSharedIds(
  session: Session,
  tables: Tables,
  documents: readonly DocumentChange[],
): Promise<void> {
  const owners = new Map<string, string>();
  const refuse = (chunkId: string, documentId: string, other: string): never => {
    throw new RagError(
      "invalid-input",
      `Documents ${documentId} and ${other} both have a chunk with the id ${chunkId}.`,
      { details: { chunkId, documentIds: [documentId, other] } },
    );
  };
  for (const { documentId, chunks } of documents) {
    for (const { id } of chunks) {
      const other = owners.get(id);
      if (other !== undefined) refuse(id, documentId, other);
      owners.set(id, documentId);
    }
  }
  const stored = await session.query(
    `SELECT id, document FROM ${tables.chunks} WHERE id = ANY($1::text[]) LIMIT 1`,
    [Array.from(owners.keys(), toStoredText)],
  );
  for (const { id, document } of stored) {
    const chunkId = fromStoredText(id as string);
    refuse(chunkId, owners.get(chunkId)!, fromStoredText(document as string));
  }
}

function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
