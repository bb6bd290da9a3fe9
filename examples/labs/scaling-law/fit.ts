import type { ScalingLaw } from "./law.ts";
import type { Run } from "./runs.ts";

// #region log-log
/** 用最小二乘给 log y = intercept + slope · log x 画一条直线；幂律在双对数坐标里就是直线，slope 是它的指数。 */
export function fitPowerLaw(points: readonly { x: number; y: number }[]): {
  slope: number;
  intercept: number;
} {
  const n = points.length;
  const xs = points.map(({ x }) => Math.log(x));
  const ys = points.map(({ y }) => Math.log(y));
  const meanX = xs.reduce((sum, x) => sum + x, 0) / n;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / n;
  const covariance = xs.reduce((sum, x, i) => sum + (x - meanX) * (ys[i]! - meanY), 0);
  const variance = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const slope = covariance / variance;
  return { slope, intercept: meanY - slope * meanX };
}
// #endregion log-log

// #region fit
/** 拟合五个常数。指数一旦给定，E、A、B 就是线性最小二乘；所以只需在 (alpha, beta) 平面上搜索，越搜越细。 */
export function fitScalingLaw(runs: readonly Run[]): ScalingLaw {
  let best = { alpha: 0.5, beta: 0.5 };
  let bestError = Number.POSITIVE_INFINITY;
  for (let width = 0.45; width > 1e-5; width /= 2) {
    const center = best;
    for (let i = -4; i <= 4; i++) {
      for (let j = -4; j <= 4; j++) {
        const alpha = center.alpha + (i / 4) * width;
        const beta = center.beta + (j / 4) * width;
        if (alpha < 0.01 || beta < 0.01) continue;
        const error = squaredError(solveLinear(runs, alpha, beta), runs);
        if (error < bestError) [best, bestError] = [{ alpha, beta }, error];
      }
    }
  }
  return solveLinear(runs, best.alpha, best.beta);
}
// #endregion fit

/** Sum of squared differences between a law and the runs. */
export function squaredError(law: ScalingLaw, runs: readonly Run[]): number {
  return runs.reduce((sum, run) => {
    const predicted = law.E + law.A * run.parameters ** -law.alpha + law.B * run.tokens ** -law.beta;
    return sum + (predicted - run.loss) ** 2;
  }, 0);
}

/** E, A and B for given exponents: ordinary least squares by the 3 × 3 normal equations. */
function solveLinear(runs: readonly Run[], alpha: number, beta: number): ScalingLaw {
  // Columns scaled to about 1, so that the normal equations stay well conditioned.
  const scaleN = runs[0]!.parameters;
  const scaleD = runs[0]!.tokens;
  const matrix = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  for (const run of runs) {
    const row = [1, (run.parameters / scaleN) ** -alpha, (run.tokens / scaleD) ** -beta, run.loss];
    for (let i = 0; i < 3; i++) for (let j = 0; j < 4; j++) matrix[i]![j]! += row[i]! * row[j]!;
  }
  const [E, a, b] = gaussianElimination(matrix) as [number, number, number];
  return { E, A: a * scaleN ** alpha, B: b * scaleD ** beta, alpha, beta };
}

/** Solves an augmented system by elimination with row pivoting. */
function gaussianElimination(matrix: number[][]): number[] {
  const size = matrix.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    for (let row = column + 1; row < size; row++) {
      const factor = matrix[row]![column]! / matrix[column]![column]!;
      for (let k = column; k <= size; k++) matrix[row]![k]! -= factor * matrix[column]![k]!;
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let rest = matrix[row]![size]!;
    for (let k = row + 1; k < size; k++) rest -= matrix[row]![k]! * solution[k]!;
    solution[row] = rest / matrix[row]![row]!;
  }
  return solution;
}
