import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { LocalIndex } from "@zixue/rag";
import { CountingEmbeddings } from "./counting-embeddings.ts";
import { manyNotes } from "./documents.ts";
import { refresh } from "./refresh.ts";

export interface Interrupted {
  /** Documents that the worker had reported as committed when it was killed. */
  readonly reported: number;
  /** Documents in the index when it was opened again. */
  readonly held: number;
  readonly unchanged: number;
  readonly added: number;
  /** Is a note of the last batch found at the end? */
  readonly found: boolean;
}

/** Starts an ingest in another process, kills it after its first commit, opens the index and finishes the work. */
export async function killAndContinue(
  folder: string,
  vectorFolder: string,
  count: number,
): Promise<Interrupted> {
  const worker = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("worker.ts", import.meta.url)), folder, String(count)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(worker, "exit");
  const [first] = (await Promise.race([
    once(worker.stdout, "data"),
    ended.then(() => Promise.reject(new Error("工作进程没有提交任何一批就结束了。"))),
  ])) as [Buffer];
  // SIGKILL cannot be caught: no cleaning up, as in a power cut of the process.
  worker.kill("SIGKILL");
  await ended;

  const index = await LocalIndex.open({ folder });
  const held = (await index.documents()).size;
  const { unchanged, added } = await refresh(index, manyNotes(count), new CountingEmbeddings(), vectorFolder);
  const last = `N${1000 + count - 1}`;
  const { keyword } = await index.search({ text: last, limit: 1 });
  const found = keyword[0]?.chunk.text.includes(last) === true;
  await index.close();
  return { reported: Number(first.toString().trim().split("\n").at(-1)), held, unchanged, added, found };
}
