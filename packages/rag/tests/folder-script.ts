import { appendFileSync } from "node:fs";
import type { DocumentChange, IndexChanges } from "../src/index/chunk-index.ts";
// Not through the package's index: a process that is about to be killed should start fast.
import { LocalIndex } from "../src/index/local-index.ts";
import { clusteredVectors, randomNumbers } from "./vectors.ts";

/** A script of commits for crash tests: change `r` takes an index from revision r − 1 to revision r, always alike. */
export interface FolderScript {
  readonly seed: number;
  readonly revisions: number;
}

export function changeOf({ seed }: FolderScript, revision: number): IndexChanges {
  const random = randomNumbers(seed * 100_003 + revision);
  const put: DocumentChange[] = [];
  const ids = new Set(
    Array.from({ length: 1 + Math.floor(random() * 6) }, () => `d${Math.floor(random() * 40)}`),
  );
  for (const id of ids) {
    const count = 1 + Math.floor(random() * 4);
    put.push({
      documentId: id,
      hash: `${id}@${revision}`,
      chunks: Array.from({ length: count }, (_, ordinal) => {
        const text = `${id} 第${revision}版 第${ordinal}段 注意力机制与反向传播`;
        const position = { start: 0, end: text.length, ordinal, tokens: text.length };
        const empty = { title: "", headingPath: [], blockIds: [`${id}#0`], metadata: {} };
        return { id: `${id}@${ordinal}`, documentId: id, text, ...position, ...empty };
      }),
      vectors: clusteredVectors(count, 8, revision * 50 + put.length),
    });
  }
  // At least one document is always there, so that a revision is never left out as a change of nothing.
  return { put, remove: revision % 3 === 0 ? [`d${(revision * 7) % 40}`].filter((id) => !ids.has(id)) : [] };
}

/** What an index must hold at a revision: texts by document. */
export function contentAt(script: FolderScript, revision: number): Map<string, string[]> {
  const content = new Map<string, string[]>();
  for (let r = 1; r <= revision; r++) {
    const { put = [], remove = [] } = changeOf(script, r);
    for (const id of remove) content.delete(id);
    for (const { documentId, chunks } of put)
      content.set(
        documentId,
        chunks.map(({ text }) => text),
      );
  }
  return content;
}

export async function contentOf(index: LocalIndex): Promise<Map<string, string[]>> {
  const content = new Map<string, string[]>();
  for (const id of (await index.documents()).keys()) {
    content.set(
      id,
      (await index.chunksOf(id)).map(({ text }) => text),
    );
  }
  return content;
}

/** Goes on with the script from the revision that the folder is at. */
export async function runScript(
  folder: string,
  script: FolderScript,
  committed: (revision: number) => void,
): Promise<void> {
  const index = await LocalIndex.open({ folder, vectors: "hnsw" });
  // A graph is built and committed beside the changes, so that a kill may hit that too.
  const building = index.optimize().catch(() => undefined);
  for (let revision = (await index.stats()).revision + 1; revision <= script.revisions; revision++) {
    await index.apply(changeOf(script, revision));
    committed(revision);
    if (revision % 20 === 0) await index.optimize();
  }
  await building;
  await index.close();
}

/** `tsx folder-script.ts <folder> <log> <seed> <revisions>`: the process that a crash test kills. */
if (process.argv[1]?.endsWith("folder-script.ts") === true) {
  const [folder, log, seed, revisions] = process.argv.slice(2) as [string, string, string, string];
  appendFileSync(log, "started\n");
  await runScript(folder, { seed: Number(seed), revisions: Number(revisions) }, (revision) => {
    appendFileSync(log, `${revision}\n`);
  });
  appendFileSync(log, "finished\n");
}
