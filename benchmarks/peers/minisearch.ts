import { writeFile } from "node:fs/promises";
import path from "node:path";
import MiniSearch from "minisearch";
import { type PeerCorpus, type PeerDefinition, RESULTS } from "./peer.ts";

/** `tokenize` is what MiniSearch's documentation offers for languages without spaces. */
const miniSearch = (segmented: boolean): PeerDefinition => ({
  name: segmented ? "MiniSearch + Intl.Segmenter" : "MiniSearch",
  packages: ["minisearch"],
  searches: "keyword",
  async build({ passages, folder }: PeerCorpus) {
    const engine = new MiniSearch({ fields: ["content"], ...(segmented ? { tokenize: words } : {}) });
    engine.addAll(passages.map(({ id, content }) => ({ id, content })));
    return {
      search: async (question) =>
        engine
          .search(question)
          .slice(0, RESULTS)
          .map(({ id }) => String(id)),
      save: () => writeFile(path.join(folder, "minisearch.json"), JSON.stringify(engine)),
    };
  },
});

export const miniSearchPeers: readonly PeerDefinition[] = [miniSearch(false), miniSearch(true)];

const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

function words(text: string): string[] {
  return Array.from(segmenter.segment(text))
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ segment }) => segment);
}
