/** Passages that a search gives. */
export const RESULTS = 10;

/** A passage as every peer gets it: `content` is title and text, of which all peers index the same. */
export interface PeerPassage {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly content: string;
}

export interface PeerCorpus {
  readonly passages: readonly PeerPassage[];
  /** `vectors[i]` is that of `passages[i]`. */
  readonly vectors: readonly Float32Array[];
  /** Vector of a question, computed beforehand: no peer's time holds any embedding. */
  readonly vectorOf: (question: string) => Float32Array;
  /** Where a peer that can may keep its files. */
  readonly folder: string;
}

/** A search engine over one corpus. */
export interface Peer {
  /** Ids of at most `RESULTS` passages, best first. */
  search(question: string): Promise<readonly string[]>;
  /** Writes what it would need to open again into the corpus's folder. Without it nothing can be kept. */
  save?(): Promise<void>;
  close?(): Promise<void>;
}

export interface PeerDefinition {
  readonly name: string;
  /** Versions of these packages are printed beside the name. */
  readonly packages: readonly string[];
  readonly searches: "keyword" | "vector" | "both";
  /** Builds the index: what is timed as the build. */
  build(corpus: PeerCorpus): Promise<Peer>;
}
