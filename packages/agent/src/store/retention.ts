import { AgentError } from "../errors.ts";

/** What a store keeps, so that nothing in it grows without bound. */
export interface Retention {
  /** Latest checkpoints of each thread. Going on needs one; more are for looking back. @default 1 */
  readonly checkpoints?: number;
  /** Days that traces are kept. @default 30 */
  readonly traceDays?: number;
  /** Days after which a thread in which nothing was said is deleted. @default Infinity: people's threads are theirs */
  readonly idleThreadDays?: number;
  /** Facts of each user; beyond it the one unused for longest leaves. @default 1000 */
  readonly facts?: number;
}

const DEFAULTS: Required<Retention> = {
  checkpoints: 1,
  traceDays: 30,
  idleThreadDays: Number.POSITIVE_INFINITY,
  facts: 1_000,
};

/** @throws AgentError `invalid-definition` */
export function checkRetention(retention: Retention = {}): Required<Retention> {
  const given = Object.entries(retention).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const isCount = name === "checkpoints" || name === "facts";
    if (!(name in DEFAULTS))
      throw new AgentError(
        "invalid-definition",
        `There is no retention "${name}"; there are ${Object.keys(DEFAULTS).join(", ")}.`,
      );
    if (typeof value !== "number" || !(value > 0) || (isCount && value < 1))
      throw new AgentError(
        "invalid-definition",
        `Retention "${name}" must be a positive number, not ${String(value)}.`,
      );
  }
  const { checkpoints, facts, ...ages } = { ...DEFAULTS, ...Object.fromEntries(given) };
  return { ...ages, checkpoints: toCount(checkpoints), facts: toCount(facts) };
}

/** A whole number that fits the database's; Infinity too. */
function toCount(value: number): number {
  return Math.min(Math.floor(value), 2 ** 31 - 1);
}

/** The moment so many days ago, or `null` when things are kept for ever. */
export function daysAgo(days: number): Date | null {
  const moment = new Date(Date.now() - days * 86_400_000);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
