import type { Step } from "./learning-path.ts";

// #region brute
/**
 * 最短清单的长度，笨办法：枚举候选节的每一个子集，留下「含全部目标，而且每一节的先修也在里面或已经会」的，取最小。
 * 候选 n 节就有 2 的 n 次方个子集，所以只用来核对小题目。
 */
export function shortestByForce(
  goals: readonly string[],
  candidates: readonly Step[],
  known: readonly string[] = [],
): number {
  if (candidates.length > 24) throw new Error("候选多于 24 节，子集太多，枚举不完。");
  const bit = new Map(candidates.map(({ id }, index) => [id, 1 << index]));
  const skip = new Set(known);
  const mask = (ids: readonly string[]): number =>
    ids.filter((id) => !skip.has(id)).reduce((all, id) => all | (bit.get(id) ?? missing(id)), 0);
  const wanted = mask(goals);
  const requires = candidates.map((section) => mask(section.requires));
  let shortest = Number.POSITIVE_INFINITY;
  for (let subset = 0; subset < 2 ** candidates.length; subset++) {
    if ((subset & wanted) !== wanted || count(subset) >= shortest) continue;
    if (requires.every((need, index) => !(subset & (1 << index)) || (subset & need) === need)) {
      shortest = count(subset);
    }
  }
  return shortest;
}
// #endregion

function count(subset: number): number {
  let ones = 0;
  for (let rest = subset; rest !== 0; rest &= rest - 1) ones++;
  return ones;
}

function missing(id: string): never {
  throw new Error(`候选里缺 ${id}：先修不在候选里，枚举就没有意义。`);
}
