import { writeFile } from "node:fs/promises";
import path from "node:path";
import { create, insertMultiple, save, search } from "@orama/orama";
import { createTokenizer } from "@orama/tokenizers/mandarin";
import { type PeerDefinition, RESULTS } from "./peer.ts";

/** As Orama's guide for Chinese says: its Mandarin tokenizer, everything else by default. */
const orama = (mode: "fulltext" | "hybrid"): PeerDefinition => ({
  name: `Orama ${mode}`,
  packages: ["@orama/orama", "@orama/tokenizers"],
  searches: mode === "hybrid" ? "both" : "keyword",
  async build({ passages, vectors, vectorOf, folder }) {
    const chinese = passages.some(({ text }) => /\p{Script=Han}/u.test(text));
    const db = create({
      schema: {
        content: "string",
        ...(mode === "hybrid" ? { vector: `vector[${vectors[0]?.length ?? 0}]` as const } : {}),
      },
      ...(chinese ? { components: { tokenizer: createTokenizer() } } : {}),
    });
    const documents = passages.map(({ id, content }, place) => ({
      id,
      content,
      ...(mode === "hybrid" ? { vector: Array.from(vectors[place] as Float32Array) } : {}),
    }));
    await insertMultiple(db, documents as never, 500);
    return {
      search: async (term) => {
        const vector = { value: Array.from(vectorOf(term)), property: "vector" };
        const request =
          mode === "hybrid"
            ? { mode, term, vector, similarity: 0, limit: RESULTS }
            : { term, limit: RESULTS };
        const { hits } = await search(db, request as never);
        return hits.map(({ id }) => String(id));
      },
      save: () => writeFile(path.join(folder, "orama.json"), JSON.stringify(save(db))),
    };
  },
});

export const oramaPeers: readonly PeerDefinition[] = [orama("fulltext"), orama("hybrid")];
