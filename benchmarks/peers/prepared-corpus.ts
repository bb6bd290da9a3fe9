import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { LexiconEmbeddings, type RetrievalDataset } from "@zixue/rag";
import type { PeerCorpus, PeerPassage } from "./peer.ts";

export interface PreparedQuestion {
  readonly text: string;
  readonly relevant: readonly string[];
}

/** Embeds a corpus and its questions once and writes all to a folder, from which every peer's process reads the same. */
export async function prepareCorpus(
  folder: string,
  { corpus, queries, qrels }: RetrievalDataset,
  dimensions: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const passages = corpus.map(({ id, title, text }): PeerPassage => {
    // Titles of files use underscores for spaces.
    const name = title.replaceAll("_", " ");
    return { id, title: name, text, content: name === "" ? text : `${name}\n${text}` };
  });
  const questions = queries.map(({ id, text }): PreparedQuestion => {
    return { text, relevant: [...(qrels.get(id)?.keys() ?? [])] };
  });
  const embeddings = new LexiconEmbeddings({ dimensions });
  const write = (name: string, vectors: readonly (readonly number[])[]) =>
    writeFile(path.join(folder, name), Buffer.from(Float32Array.from(vectors.flat()).buffer));
  await writeFile(path.join(folder, "passages.json"), JSON.stringify(passages));
  await writeFile(path.join(folder, "questions.json"), JSON.stringify(questions));
  await write("passages.f32", await embeddings.embedDocuments(passages.map(({ content }) => content)));
  await write("questions.f32", await embeddings.embedDocuments(questions.map(({ text }) => text)));
}

/** Reads what `prepareCorpus` wrote. `own` is where the peer may keep its files. */
export async function readPreparedCorpus(
  folder: string,
  own: string,
): Promise<{ corpus: PeerCorpus; questions: PreparedQuestion[] }> {
  const json = async <T>(name: string): Promise<T> =>
    JSON.parse(await readFile(path.join(folder, name), "utf8")) as T;
  const passages = await json<PeerPassage[]>("passages.json");
  const questions = await json<PreparedQuestion[]>("questions.json");
  const vectors = await readVectors(path.join(folder, "passages.f32"), passages.length);
  const asked = await readVectors(path.join(folder, "questions.f32"), questions.length);
  const places = new Map(questions.map(({ text }, place) => [text, place]));
  const vectorOf = (question: string): Float32Array => {
    const vector = asked[places.get(question) ?? -1];
    if (vector === undefined) throw new Error(`No vector was prepared for ${JSON.stringify(question)}.`);
    return vector;
  };
  return { corpus: { passages, vectors, vectorOf, folder: own }, questions };
}

async function readVectors(file: string, count: number): Promise<Float32Array[]> {
  const bytes = await readFile(file);
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const dimensions = all.length / Math.max(1, count);
  return Array.from({ length: count }, (_, row) => all.subarray(row * dimensions, (row + 1) * dimensions));
}
