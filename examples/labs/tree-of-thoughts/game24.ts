/** 24 点：每一步取两个数，用加减乘除换成一个数；剩一个数且等于 24 就成功。 */
export interface State {
  readonly numbers: readonly number[];
  /** 到目前为止的步骤，如 "10 - 4 = 6"。 */
  readonly steps: readonly string[];
}

export const start = (numbers: readonly number[]): State => ({ numbers, steps: [] });

export const isGoal = ({ numbers }: State): boolean =>
  numbers.length === 1 && Math.abs(numbers[0]! - 24) < 1e-6;

// #region moves
/** 所有可能的下一步，结果相同的只留一个。 */
export function moves({ numbers, steps }: State): State[] {
  const next = new Map<string, State>();
  for (let i = 0; i < numbers.length; i++) {
    for (let j = 0; j < numbers.length; j++) {
      if (i === j) continue;
      const [a, b] = [numbers[i]!, numbers[j]!];
      const rest = numbers.filter((_, k) => k !== i && k !== j);
      for (const [sign, value] of results(a, b, i < j)) {
        const left = [...rest, value].sort((p, q) => p - q);
        const key = left.map((number) => number.toFixed(6)).join(" ");
        if (!next.has(key))
          next.set(key, {
            numbers: left,
            steps: [...steps, `${show(a)} ${sign} ${show(b)} = ${show(value)}`],
          });
      }
    }
  }
  return [...next.values()];
}
// #endregion moves

/** 加法和乘法不分先后，只算一次。 */
function results(a: number, b: number, first: boolean): [string, number][] {
  const found: [string, number][] = [["-", a - b]];
  if (first) found.push(["+", a + b], ["×", a * b]);
  if (Math.abs(b) > 1e-9) found.push(["÷", a / b]);
  return found;
}

const show = (number: number): string => String(Number(number.toFixed(3)));

const known = new Map<string, boolean>();

/** 从这里还能不能走到 24：穷举，结果记下来。 */
export function solvable(state: State): boolean {
  if (state.numbers.length === 1) return isGoal(state);
  const key = state.numbers.map((number) => number.toFixed(6)).join(" ");
  let answer = known.get(key);
  if (answer === undefined) {
    answer = moves(state).some(solvable);
    known.set(key, answer);
  }
  return answer;
}

/** 每一步都在所有下一步里均匀地随便选一个，最后恰好成功的概率：精确值，不是模拟。 */
export function chainProbability(state: State): number {
  if (state.numbers.length === 1) return isGoal(state) ? 1 : 0;
  const next = moves(state);
  return next.reduce((sum, child) => sum + chainProbability(child), 0) / next.length;
}
