/**
 * The parametric scaling law L(N, D) = E + A/N^α + B/D^β of Hoffmann et al. 2022 (arXiv:2203.15556, approach 3) and
 * what follows from it: the best split of a training budget.
 */

// #region law
/** L(N, D) = E + A/N^alpha + B/D^beta；N 是参数量，D 是训练 token 数，损失以 nat/token 计。 */
export interface ScalingLaw {
  readonly E: number;
  readonly A: number;
  readonly B: number;
  readonly alpha: number;
  readonly beta: number;
}

export function loss(law: ScalingLaw, parameters: number, tokens: number): number {
  return law.E + law.A / parameters ** law.alpha + law.B / tokens ** law.beta;
}
// #endregion law

/** Constants as printed (rounded) in Hoffmann et al. 2022, approach 3. */
export const HOFFMANN_2022: ScalingLaw = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };

/** Refit of the same runs by Besiroglu et al. 2024 (arXiv:2404.10102). */
export const EPOCH_2024: ScalingLaw = { E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 };

export interface Allocation {
  readonly parameters: number;
  readonly tokens: number;
}

/** Training cost of a dense Transformer: about 6 FLOPs per parameter and token (2 forward, 4 backward). */
export function trainingFlops({ parameters, tokens }: Allocation): number {
  return 6 * parameters * tokens;
}

// #region optimum
/** 预算 C = 6·N·D 固定时使 L(N, D) 最小的 N 与 D（对 N 求导、令其为零，即得闭式解）。 */
export function computeOptimal(law: ScalingLaw, flops: number): Allocation {
  const { A, B, alpha, beta } = law;
  const balance = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  const parameters = balance * (flops / 6) ** (beta / (alpha + beta));
  return { parameters, tokens: flops / (6 * parameters) };
}
// #endregion optimum

/** Follows an exponent (N ∝ C^exponent) from a known allocation to a larger budget, keeping C = 6·N·D. */
export function extrapolate(from: Allocation, flops: number, exponent: number): Allocation {
  const growth = flops / trainingFlops(from);
  const parameters = from.parameters * growth ** exponent;
  return { parameters, tokens: flops / (6 * parameters) };
}
