/** One job, in tokens. Everything is a whole number of tokens or calls. */
export interface Workload {
  /** All documents together. */
  readonly documents: number;
  /** Fixed instructions before the documents. */
  readonly instructions: number;
  readonly question: number;
  /** What retrieval puts in place of the documents. */
  readonly retrieved: number;
  readonly answer: number;
  /** Thinking is billed as output. */
  readonly thinking: number;
  readonly callsPerDay: number;
  /** Calls of the day that find nothing in the provider's cache: the first, and the first after each long pause. */
  readonly coldCallsPerDay: number;
}

// #region job
/** 三百份运维文档，每份约 2,000 个 token；一天一百问；检索每次取 6 段、每段 400 个 token。 */
export const operationsDocs: Workload = {
  documents: 300 * 2000,
  instructions: 300,
  question: 50,
  retrieved: 6 * 400,
  answer: 300,
  thinking: 0,
  callsPerDay: 100,
  coldCallsPerDay: 8,
};
// #endregion
