import type { PeerDefinition } from "./peer.ts";

/** Loads every peer, to list them; a measuring process loads the group of its own peer only. */
export async function allPeers(): Promise<readonly PeerDefinition[]> {
  return (await Promise.all(Object.values(groups).map((load) => load()))).flat();
}

/** @throws Error when no peer has that name. */
export async function peerNamed(name: string): Promise<PeerDefinition> {
  for (const [start, load] of Object.entries(groups)) {
    if (!name.startsWith(start)) continue;
    const found = (await load()).find((peer) => peer.name === name);
    if (found !== undefined) return found;
  }
  const names = (await allPeers()).map((peer) => peer.name);
  throw new Error(`There is no peer ${JSON.stringify(name)}; there are ${names.join("; ")}.`);
}

/** By how the names of their peers begin, in the order of the report. */
const groups: Readonly<Record<string, () => Promise<readonly PeerDefinition[]>>> = {
  zixue: async () => (await import("./ours.ts")).ours,
  LangChain: async () => (await import("./langchain.ts")).langchain,
  MiniSearch: async () => (await import("./minisearch.ts")).miniSearchPeers,
  Orama: async () => (await import("./orama.ts")).oramaPeers,
  hnswlib: async () => (await import("./hnswlib-node.ts")).hnswlibPeers,
  PGlite: async () => (await import("./pglite.ts")).pglitePeers,
};
