import type { Fact } from "./state-store.ts";

/**
 * The facts that share words with a query, best first: Chinese by pairs of neighbouring characters, other scripts by
 * words, each weighted by how few facts have it.
 */
export function rankFacts(facts: readonly Fact[], query: string, limit: number): readonly Fact[] {
  const wanted = features(query);
  const held = facts.map((fact) => features(fact.text));
  const rarity = new Map<string, number>();
  for (const feature of wanted) {
    const having = held.filter((set) => set.has(feature)).length;
    if (having > 0) rarity.set(feature, Math.log(1 + (facts.length + 0.5) / having));
  }
  return facts
    .map((fact, index) => {
      let score = 0;
      for (const [feature, weight] of rarity) if (held[index]?.has(feature)) score += weight;
      return { fact, score };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.fact.createdAt.localeCompare(a.fact.createdAt))
    .slice(0, limit)
    .map(({ fact }) => fact);
}

function features(text: string): Set<string> {
  const found = new Set<string>();
  const normal = text.normalize("NFKC").toLowerCase();
  for (const [run] of normal.matchAll(/\p{Script=Han}+|[\p{L}\p{N}]+/gu)) {
    const characters = [...run];
    if (!/\p{Script=Han}/u.test(run) || characters.length === 1) found.add(run);
    else for (let i = 1; i < characters.length; i++) found.add(`${characters[i - 1]}${characters[i]}`);
  }
  return found;
}
