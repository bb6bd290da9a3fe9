import type { GlossaryTerm } from "../answer/knowledge.ts";
import { normalize } from "../language/normalize.ts";

/** A glossary term found in a text. */
export interface NamedTerm {
  readonly term: GlossaryTerm;
  /** As it stands in the text. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Surface {
  readonly form: string;
  readonly folded: string;
  readonly term: GlossaryTerm;
  readonly latin: boolean;
}

const compiled = new WeakMap<readonly GlossaryTerm[], readonly Surface[]>();

/** Every name that a term goes by: Chinese, English, aliases; without blanks and repeats. */
export function surfaceForms(term: GlossaryTerm): string[] {
  return [...new Set([term.zh, term.en ?? "", ...term.aliases].map((form) => form.trim()).filter(Boolean))];
}

/**
 * The glossary terms that a text names, in order of appearance. The longest name wins where names overlap; a name in
 * its own case wins over one that differs in case (ZeRO, not zero). Latin names match whole words, also in the plural.
 */
export function namedTerms(text: string, glossary: readonly GlossaryTerm[]): NamedTerm[] {
  const folded = normalize(text);
  // Offsets would not carry over; questions are NFKC before they come here, so this is rare.
  if (folded.length !== text.length) return [];
  const found: (NamedTerm & { exact: boolean })[] = [];
  for (const surface of surfacesOf(glossary)) {
    for (let at = folded.indexOf(surface.folded); at >= 0; at = folded.indexOf(surface.folded, at + 1)) {
      const end = wordEnd(folded, at, surface);
      if (end === null) continue;
      const exact = text.startsWith(surface.form, at);
      found.push({
        term: surface.term,
        text: text.slice(at, at + surface.form.length),
        start: at,
        end,
        exact,
      });
    }
  }
  found.sort(
    (a, b) => b.end - b.start - (a.end - a.start) || Number(b.exact) - Number(a.exact) || a.start - b.start,
  );
  const kept: NamedTerm[] = [];
  for (const { exact: _, ...hit } of found)
    if (kept.every((other) => hit.end <= other.start || hit.start >= other.end)) kept.push(hit);
  return kept.sort((a, b) => a.start - b.start);
}

/**
 * What else the question's glossary terms are called: text for a second keyword search of low weight, which lets
 * "What is an emergent ability?" reach a text that only says 涌现能力. "" when there is nothing to add.
 */
export function glossaryExpansion(text: string, named: readonly NamedTerm[]): string {
  const folded = normalize(text);
  const forms = named.flatMap((hit) => surfaceForms(hit.term));
  return [...new Set(forms)].filter((form) => !folded.includes(normalize(form))).join(" ");
}

function surfacesOf(glossary: readonly GlossaryTerm[]): readonly Surface[] {
  let surfaces = compiled.get(glossary);
  if (surfaces === undefined) {
    surfaces = glossary.flatMap((term) =>
      surfaceForms(term)
        .flatMap((form) => [form, ...otherSpellings(form)])
        .filter((form) => form.length > 1)
        .map((form) => ({ form, folded: normalize(form), term, latin: /^[\p{Script=Latin}\d]/u.test(form) })),
    );
    compiled.set(glossary, surfaces);
  }
  return surfaces;
}

/** How a name is written besides: in the singular, as "few-shot" for "few-shot prompting", as AI寒冬 for AI 寒冬. */
function otherSpellings(form: string): string[] {
  const others: string[] = [];
  if (/^[a-z].*[a-z]{3}s$/iu.test(form) && !/(?:ss|us|is)$/iu.test(form))
    others.push(/ies$/iu.test(form) ? `${form.slice(0, -3)}y` : form.slice(0, -1));
  const compound = /^([a-z]+-[a-z]+) (?:prompting|learning|scaling|search)$/iu.exec(form)?.[1];
  if (compound !== undefined) others.push(compound);
  const closed = form.replace(/(?<=\p{Script=Han}) (?=\w)|(?<=\w) (?=\p{Script=Han})/gu, "");
  return closed === form ? others : [...others, closed];
}

const WORD = /[\p{Script=Latin}\d]/u;

/** End of the name when it stands there as a whole word, otherwise null. */
function wordEnd(folded: string, start: number, surface: Surface): number | null {
  let end = start + surface.folded.length;
  if (!surface.latin) return end;
  if (start > 0 && WORD.test(folded[start - 1] ?? "")) return null;
  const plural = /^(?:es|s|ies)(?![\p{Script=Latin}\d])/u.exec(folded.slice(end))?.[0];
  if (plural !== undefined) end += plural.length;
  return WORD.test(folded[end] ?? "") ? null : end;
}
