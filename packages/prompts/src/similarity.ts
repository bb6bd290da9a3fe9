/**
 * A lexical measure of how alike texts are: TF-IDF cosine over single Han characters, Han pairs and lower-cased
 * words. Needs no segmenter and no model, and works for Chinese, English and mixtures of both.
 *
 * @returns for each candidate its similarity to the query, 0 to 1
 *
 * @example
 * lexicalSimilarity("反向传播怎么算", ["什么是反向传播", "今天天气"]) // the first is higher
 */
export function lexicalSimilarity(query: string, candidates: readonly string[]): number[] {
  const vectors = candidates.map(countTerms);
  const wanted = countTerms(query);
  const frequency = new Map<string, number>();
  for (const vector of [...vectors, wanted]) {
    for (const term of vector.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const weight = (term: string) => Math.log(1 + (vectors.length + 1) / frequency.get(term)!);
  const norm = (vector: ReadonlyMap<string, number>) =>
    Math.sqrt([...vector].reduce((sum, [term, count]) => sum + (count * weight(term)) ** 2, 0));
  const wantedNorm = norm(wanted);
  return vectors.map((vector) => {
    let dot = 0;
    for (const [term, count] of wanted) dot += count * (vector.get(term) ?? 0) * weight(term) ** 2;
    return dot === 0 ? 0 : Math.min(1, dot / (wantedNorm * norm(vector)));
  });
}

/** Cosine of two vectors; 0 when either is zero. */
export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  let dot = 0;
  let normA = 0;
  let normB = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * (b[i] ?? 0);
    normA += a[i]! ** 2;
    normB += (b[i] ?? 0) ** 2;
  }
  return dot === 0 ? 0 : dot / Math.sqrt(normA * normB);
}

function countTerms(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (term: string) => counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const run of text
    .normalize("NFKC")
    .toLowerCase()
    .match(/\p{Script=Han}+|[\p{L}\p{M}\p{N}]+/gu) ?? []) {
    if (!/^\p{Script=Han}/u.test(run)) {
      add(run);
      continue;
    }
    const characters = [...run];
    for (const [i, character] of characters.entries()) {
      add(character);
      if (i > 0) add(characters[i - 1]! + character);
    }
  }
  return counts;
}
