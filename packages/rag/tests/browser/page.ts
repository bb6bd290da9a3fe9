/** What the page of the browser tests loads. */

import { Lexicon } from "@zixue/lexicon";
import { tests } from "vitest/page-tests";
import { runTestFiles } from "./page-vitest.ts";
import { searchSample } from "./search-sample.ts";

Object.assign(globalThis, {
  runTests: () => runTestFiles(tests),
  searchFetched: (lexiconUrl: string) =>
    searchSample(async () => {
      const response = await fetch(lexiconUrl);
      if (!response.ok) throw new Error(`${lexiconUrl}: HTTP ${response.status}`);
      return Lexicon.fromBytes(new Uint8Array(await response.arrayBuffer()));
    }),
});
