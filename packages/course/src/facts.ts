import { z } from "zod";
import type { Problem } from "./problem.ts";
import { checkYaml } from "./yaml-source.ts";

const text = z.string().trim().min(1, "must not be empty");

const claimSchema = z
  .strictObject({
    claim: text,
    source: text,
    /** `opened` the primary source was read; `secondary` another page was; `unopened` from general knowledge. */
    check: z.enum(["opened", "secondary", "unopened"]),
    quote: text.optional(),
    note: text.optional(),
  })
  .refine((claim) => claim.check !== "opened" || claim.quote !== undefined, {
    path: ["quote"],
    message: "an opened source needs the line that was read, as quote",
  });

const factsSchema = z.strictObject({ claims: z.array(claimSchema).min(1, "needs at least one claim") });

/** A checkable statement of a section, and how it was checked. */
export type Claim = z.infer<typeof claimSchema>;

export interface ParsedFacts {
  readonly claims: readonly Claim[];
  readonly problems: readonly Problem[];
  /** Line of the claim with this index. */
  readonly lineOf: (index: number) => number;
}

/** Reads `facts/<section id>.yaml`: the claims that a section makes, each with its source and how it was checked. */
export function parseFacts(source: string, file: string): ParsedFacts {
  const { value, problems, lineOf } = checkYaml(factsSchema, { file, text: source, rule: "facts" });
  return { claims: value?.claims ?? [], problems, lineOf: (index) => lineOf(["claims", index]) };
}
