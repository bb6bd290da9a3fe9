import type { QueryTranslator } from "../index/keyword/query.ts";
import type { CitedSentence } from "./cited-text.ts";
import type { Citation } from "./events.ts";
import type { PackedSource } from "./pack-context.ts";
import { citationFor } from "./render-answer.ts";
import { type ClaimCheck, verifyClaim } from "./verify-claim.ts";
import type { ClaimPair } from "./verify-with-model.ts";

/** A sentence of a model's answer with what its sources say to it. */
export interface JudgedSentence {
  readonly sentence: CitedSentence;
  /** By source; without the numbers that do not exist. */
  readonly checks: Map<number, ClaimCheck>;
  /** The source that a sentence without citation was given, where one bears it out. */
  readonly assigned: number | null;
}

/** Checks the sentences of a model's answer, one by one, against the sources that they cite. */
export class CitedAnswer {
  readonly judged: JudgedSentence[] = [];
  readonly #sources: ReadonlyMap<number, PackedSource>;
  readonly #translator: QueryTranslator | undefined;

  constructor(sources: readonly PackedSource[], translator?: QueryTranslator) {
    this.#sources = new Map(sources.map((source) => [source.marker, source]));
    this.#translator = translator;
  }

  get markers(): ReadonlySet<number> {
    return new Set(this.#sources.keys());
  }

  /** Judges the next sentence. One that cites nothing is given the source that bears it out best, if any does. */
  judge(sentence: CitedSentence): JudgedSentence {
    const cited = sentence.markers.filter((marker) => this.#sources.has(marker));
    const checks = new Map(cited.map((marker) => [marker, this.#check(sentence.text, marker, cited)]));
    const assigned =
      sentence.markers.length === 0 && sentence.isClaim ? this.#bestSource(sentence.text) : null;
    if (assigned !== null) checks.set(assigned, this.#check(sentence.text, assigned, []));
    const judged = { sentence, checks, assigned };
    this.judged.push(judged);
    return judged;
  }

  /** Every sentence beside every source it cites, for a model to judge. */
  pairs(): ClaimPair[] {
    return this.#entries().map(({ judged, marker }) => ({
      claim: judged.sentence.text,
      source: this.#sources.get(marker)?.text ?? "",
    }));
  }

  /** Takes a model's verdicts on `pairs()`. What lacks a number, name or quotation stays unsupported. */
  decide(verdicts: readonly boolean[]): void {
    this.#entries().forEach(({ judged, marker, check }, index) => {
      judged.checks.set(marker, { ...check, supported: check.exact && verdicts[index] === true });
    });
  }

  /** One citation for each source cited, in order of appearance; supported when every sentence that cites it is. */
  citations(): Citation[] {
    const checks = new Map<number, ClaimCheck[]>();
    for (const { marker, check } of this.#entries())
      checks.set(marker, [...(checks.get(marker) ?? []), check]);
    return [...checks].flatMap(([marker, own]) => {
      const source = this.#sources.get(marker);
      if (source === undefined) return [];
      const shown = own.find((check) => check.supported) ?? own[0];
      const supported = own.every((check) => check.supported);
      return [citationFor(source.chunk, source.block.blockId, shown?.quote ?? "", marker, supported)];
    });
  }

  #entries(): { judged: JudgedSentence; marker: number; check: ClaimCheck }[] {
    return this.judged.flatMap((judged) =>
      [...judged.checks].map(([marker, check]) => ({ judged, marker, check })),
    );
  }

  /** A sentence that cites several sources must be borne out by them together; each must still share words with it. */
  #check(claim: string, marker: number, cited: readonly number[]): ClaimCheck {
    const source = this.#sources.get(marker);
    const others = cited.filter((other) => other !== marker);
    const context = [
      source?.chunk.title ?? "",
      ...(source?.chunk.headingPath ?? []),
      ...others.map((other) => this.#sources.get(other)?.block.text ?? ""),
    ];
    return verifyClaim(claim, source?.block.text ?? "", context.join("\n"), { translator: this.#translator });
  }

  #bestSource(claim: string): number | null {
    let best: number | null = null;
    let overlap = 0;
    for (const marker of this.#sources.keys()) {
      const check = this.#check(claim, marker, []);
      if (check.supported && check.overlap > overlap) [best, overlap] = [marker, check.overlap];
    }
    return best;
  }
}

/** A sentence that claims something and that none of its sources bears out. */
export function isUnverified({ sentence, checks }: JudgedSentence): boolean {
  return sentence.isClaim && ![...checks.values()].some((check) => check.supported);
}
