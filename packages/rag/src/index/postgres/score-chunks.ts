import type { Language } from "../../language/detect-language.ts";
import type { Filter } from "../filter.ts";
import type { CorpusCounts } from "../keyword/corpus-statistics.ts";
import { fieldOrder } from "../keyword/segment.ts";
import { b, boostOf, k1, type WeighedGroup } from "../keyword/segment-scorer.ts";
import type { Session } from "./database.ts";
import { sqlFilter } from "./sql-filter.ts";
import type { Tables } from "./tables.ts";
import type { TermStatistics } from "./term-statistics.ts";

export interface ScoringTask {
  readonly groups: readonly WeighedGroup[];
  readonly counts: CorpusCounts;
  /** Whose statistics `counts` are, and whose chunks are scored; all without it. */
  readonly language?: Language | undefined;
  readonly filter?: Filter | undefined;
  readonly limit: number;
}

export interface ScoredChunk {
  readonly score: number;
  /** The chunk as JSON. */
  readonly chunk: string;
}

/**
 * BM25 over the postings, in SQL, with the sums and roundings of the search over segments: Σ boost · tf ÷ (tf + norm),
 * norm = k1 (1 − b + b · length ÷ mean length) as float32. A group of one term reads its postings and nothing else; in
 * a pooled group tf is Σ w · tf over its members, each counted by its rarest term. Scores are
 * rounded to 10 decimals, since the order in which a sum is taken may change its last digit; equal ones go by age.
 */
export async function scoreChunks(
  session: Session,
  tables: Tables,
  statistics: TermStatistics,
  task: ScoringTask,
): Promise<ScoredChunk[]> {
  const { single, pooled } = sortGroups(task, statistics);
  if (single.length === 0 && pooled.length === 0) return [];
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const english = task.language === undefined ? "" : `AND p.english = ${task.language === "en"}`;
  const shares: string[] = [];
  if (single.length > 0) {
    shares.push(`SELECT p.chunk, q.boost * p.frequency / (p.frequency + ${norm("p.length", "q.mean")}) AS share
      FROM unnest(${bind(single.map(({ term }) => term))}::int[], ${bind(single.map(({ boost }) => boost))}::float8[],
        ${bind(single.map(({ mean }) => mean))}::float8[]) AS q (term, boost, mean)
      JOIN ${tables.postings} p ON p.term = q.term ${english}`);
  }
  if (pooled.length > 0) {
    shares.push(`SELECT f.chunk, f.boost * f.frequency / (f.frequency + ${norm("c.lengths[f.field]", "f.mean")}) AS share
      FROM (
        SELECT grp, chunk, boost, mean, field, sum(frequency) AS frequency FROM (
          SELECT q.grp, q.member, q.boost, q.mean, q.field, p.chunk, q.weight * min(p.frequency) AS frequency
          FROM unnest(${bind(pooled.map(({ group }) => group))}::int[], ${bind(pooled.map(({ member }) => member))}::int[],
            ${bind(pooled.map(({ size }) => size))}::int[], ${bind(pooled.map(({ weight }) => weight))}::float8[],
            ${bind(pooled.map(({ boost }) => boost))}::float8[], ${bind(pooled.map(({ mean }) => mean))}::float8[],
            ${bind(pooled.map(({ field }) => field))}::int[], ${bind(pooled.map(({ term }) => term))}::int[])
            AS q (grp, member, size, weight, boost, mean, field, term)
          JOIN ${tables.postings} p ON p.term = q.term ${english}
          GROUP BY q.grp, q.member, q.size, q.weight, q.boost, q.mean, q.field, p.chunk
          HAVING count(*) = q.size
        ) m GROUP BY grp, chunk, boost, mean, field
      ) f JOIN ${tables.chunks} c ON c.number = f.chunk`);
  }
  const allowed =
    task.filter === undefined
      ? ""
      : `WHERE chunk IN (SELECT number FROM ${tables.chunks} WHERE ${sqlFilter(task.filter, values)})`;
  const rows = await session.query(
    `SELECT s.score, c.chunk FROM (
       SELECT chunk, round(sum(share) * 1e10) / 1e10 AS score FROM (${shares.join(" UNION ALL ")}) shares ${allowed}
       GROUP BY chunk HAVING sum(share) > 0
       ORDER BY score DESC, chunk LIMIT ${bind(task.limit)}
     ) s JOIN ${tables.chunks} c ON c.number = s.chunk ORDER BY s.score DESC, c.number`,
    values,
  );
  return rows.map(({ score, chunk }) => ({ score: score as number, chunk: chunk as string }));
}

/** k1 and b are numbers of this package, not of a caller. */
function norm(length: string, mean: string): string {
  return `(${k1}::float8 * (${1 - b}::float8 + (${b}::float8 * ${length}) / ${mean}))::float4::float8`;
}

interface SingleTerm {
  readonly term: number;
  readonly boost: number;
  readonly mean: number;
}

/** One term of a member of a pooled group. */
interface PooledTerm extends SingleTerm {
  readonly group: number;
  readonly member: number;
  /** Distinct terms of the member: all must be in a chunk. */
  readonly size: number;
  readonly weight: number;
  /** Position of the group's field in a chunk's lengths, from 1. */
  readonly field: number;
}

function sortGroups({ groups, counts }: ScoringTask, statistics: TermStatistics) {
  const single: SingleTerm[] = [];
  const pooled: PooledTerm[] = [];
  groups.forEach(({ group, idf, weight }, number) => {
    const boost = boostOf(idf, weight);
    const field = fieldOrder.indexOf(group.field);
    const mean = counts.entries === 0 ? 1 : counts.lengths[field as 0 | 1 | 2] / counts.entries || 1;
    const [first] = group.members;
    const only = first?.terms[0];
    // A posting knows the length of its own term's field only.
    const isSingle = group.members.length === 1 && first!.weight === 1 && first!.terms.length === 1;
    if (isSingle && only!.field === group.field) {
      const term = statistics.id(only!);
      if (term !== undefined) single.push({ term, boost, mean });
      return;
    }
    group.members.forEach((member, index) => {
      const terms = new Set(member.terms.map((term) => statistics.id(term)));
      if (terms.has(undefined)) return;
      for (const term of terms as Set<number>) {
        pooled.push({
          group: number,
          member: index,
          size: terms.size,
          weight: member.weight,
          term,
          boost,
          mean,
          field: field + 1,
        });
      }
    });
  });
  return { single, pooled };
}
