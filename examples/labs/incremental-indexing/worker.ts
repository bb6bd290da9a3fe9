/** Ingests slowly in a process of its own and says what is committed: made to be killed. */
import { ingest, LocalIndex, splitDocument } from "@zixue/rag";
import { CountingEmbeddings } from "./counting-embeddings.ts";
import { manyNotes, parse } from "./documents.ts";

const [folder, count] = [process.argv[2]!, Number(process.argv[3])];
const index = await LocalIndex.open({ folder });
let committed = 0;
await ingest({
  index,
  documents: parse(manyNotes(count)),
  split: (document) => splitDocument(document),
  embeddings: new CountingEmbeddings(100),
  onProgress: ({ state }) => {
    committed++;
    if (state === "added" && committed % 256 === 0) process.stdout.write(`${committed}\n`);
  },
});
await index.close();
