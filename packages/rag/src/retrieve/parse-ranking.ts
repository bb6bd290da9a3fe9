/**
 * Reads the order that a model wrote: places in the list it was shown, from 0, best first, each once. Taken are
 * `[2] > [1] > [3]` (the longest such chain, wherever it stands), a JSON list of numbers or of objects with an id, a
 * list of numbers, and bracketed numbers in order of mention; numbers that are no passage are left out.
 * `[]` when nothing of the kind is there.
 *
 * @example parseRanking("[2] > [3] > [1]", 3) // [1, 2, 0]
 */
export function parseRanking(reply: string, count: number): number[] {
  for (const read of [chain, json, bareList, mentions]) {
    const places = [...new Set(read(reply).filter((id) => id >= 1 && id <= count))].map((id) => id - 1);
    if (places.length > 0) return places;
  }
  return [];
}

const ID = String.raw`[[【(（]?\s*\d{1,3}\s*[\]】)）]?`;
const CHAIN = new RegExp(String.raw`${ID}(?:\s*(?:>+|＞|≻|→|->|=>)\s*${ID})+`, "gu");

function chain(reply: string): number[] {
  let best: number[] = [];
  for (const [found] of reply.matchAll(CHAIN)) {
    const ids = numbersIn(found);
    // Of two chains as long, the later one: what comes last is what the model settled on.
    if (ids.length >= best.length) best = ids;
  }
  return best;
}

function json(reply: string): number[] {
  for (const candidate of [
    /```(?:json)?\s*([\s\S]*?)```/u.exec(reply)?.[1],
    reply,
    /\{[\s\S]*\}/u.exec(reply)?.[0],
    /\[[\s\S]*\]/u.exec(reply)?.[0],
  ]) {
    if (candidate === undefined) continue;
    try {
      const ids = idsIn(JSON.parse(candidate));
      if (ids.length > 0) return ids;
    } catch {
      // Not JSON; the next reading is tried.
    }
  }
  return [];
}

const ID_KEY = /^(?:id|index|passage|document|doc|number|no|编号|段落)(?:_?id)?$/iu;

function idsIn(value: unknown): number[] {
  if (typeof value === "number") return Number.isInteger(value) ? [value] : [];
  if (typeof value === "string") return /^\D{0,10}\d{1,3}\D{0,2}$/u.test(value) ? numbersIn(value) : [];
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  const named = entries.filter(([key]) => ID_KEY.test(key));
  return (named.length > 0 ? named : entries.filter(([, inner]) => Array.isArray(inner))).flatMap(
    ([, inner]) => idsIn(inner),
  );
}

/** A reply of nothing but numbers, or one list of them in brackets. */
function bareList(reply: string): number[] {
  if (/^[\s\d,，、;；.]+$/u.test(reply)) return numbersIn(reply);
  const lists = [...reply.matchAll(/[[【(（]\s*\d{1,3}(?:\s*[,，、]\s*\d{1,3})+\s*[\]】)）]/gu)];
  return numbersIn(lists[lists.length - 1]?.[0] ?? "");
}

function mentions(reply: string): number[] {
  return [...reply.matchAll(/[[【]\s*(\d{1,3})\s*[\]】]/gu)].map(([, id]) => Number(id));
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/\d{1,3}/gu)].map(([id]) => Number(id));
}
