import { readFile } from "node:fs/promises";

export interface Step {
  readonly name: string;
  /** ISO date of the first public announcement. */
  readonly date: string;
  /** Parameters of the largest model, where published. */
  readonly parameters: number | null;
  readonly problem: string;
  readonly bet: string;
  readonly newProblem: string;
  readonly source: string;
}

/**
 * The steps, oldest first.
 *
 * @throws Error when a date is not a date, an entry is empty, or the order is not by date.
 */
export async function readTimeline(file = new URL("timeline.json", import.meta.url)): Promise<Step[]> {
  const steps = JSON.parse(await readFile(file, "utf8")) as Step[];
  for (const [i, step] of steps.entries()) {
    if (Number.isNaN(Date.parse(step.date))) throw new Error(`${step.name} 的日期写错了：${step.date}`);
    const empty = Object.entries(step).find(([, value]) => value === "");
    if (empty) throw new Error(`${step.name} 的 ${empty[0]} 是空的，不知道就写 null 或删去这一步。`);
    const before = steps[i - 1];
    if (before && before.date >= step.date)
      throw new Error(`${step.name} 排在 ${before.name} 后面，日期却更早。`);
  }
  return steps;
}

/** Whole days from one step to another. */
export function daysBetween(from: Step, to: Step): number {
  return Math.round((Date.parse(to.date) - Date.parse(from.date)) / 86_400_000);
}

/** How many times larger; `null` where one of the two was not published. */
export function growth(from: Step, to: Step): number | null {
  return from.parameters && to.parameters ? to.parameters / from.parameters : null;
}
