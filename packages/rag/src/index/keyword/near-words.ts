/** Shorter words are too often one letter from another word. */
const shortest = 5;
/** From this length on two letters may differ. */
const longEnoughForTwo = 8;

/** How many letters of a word may be wrong for it to be read as another; 0 for short words, numbers and names with digits. */
export function tolerance(word: string): number {
  if (word.length < shortest || !/^\p{L}+$/u.test(word)) return 0;
  return word.length >= longEnoughForTwo ? 2 : 1;
}

/**
 * The words nearest to a misspelt one that begin with the same letter: those at the smallest edit distance within its
 * tolerance, where a swap of two neighbours counts once (Damerau 1964: four of five errors are one such step).
 *
 * @example nearWords("transfomer", ["transformer", "transfer"]) // ["transformer"]
 */
export function nearWords(
  word: string,
  vocabulary: Iterable<string>,
  accept: (candidate: string) => boolean = () => true,
): string[] {
  let best = tolerance(word);
  let near: string[] = [];
  if (best === 0) return near;
  for (const candidate of vocabulary) {
    if (candidate[0] !== word[0] || Math.abs(candidate.length - word.length) > best) continue;
    if (candidate.length < shortest) continue;
    const distance = editDistance(word, candidate, best);
    if (distance > best || !accept(candidate)) continue;
    if (distance < best) near = [];
    best = distance;
    near.push(candidate);
  }
  return [...new Set(near)].sort();
}

/** Insertions, deletions, substitutions and swaps of neighbours; more than `most` may come out as anything above it. */
function editDistance(one: string, other: string, most: number): number {
  let beforeLast = new Uint8Array(other.length + 1);
  let last = Uint8Array.from({ length: other.length + 1 }, (_, index) => Math.min(index, 255));
  for (let row = 1; row <= one.length; row++) {
    const current = new Uint8Array(other.length + 1);
    current[0] = Math.min(row, 255);
    let smallest = current[0]!;
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let value = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) value = Math.min(value, beforeLast[column - 2]! + 1);
      current[column] = value;
      smallest = Math.min(smallest, value);
    }
    if (smallest > most) return smallest;
    beforeLast = last;
    last = current;
  }
  return last[other.length]!;
}
