/** The same model measured with two rulers (after Schaeffer et al. 2023, arXiv:2304.15004). */
// #region rulers
/** 一个 token 答对的概率是 p、各 token 独立时，连续 length 个 token 全对的概率。 */
export function exactMatch(perToken: number, length: number): number {
  return perToken ** length;
}
// #endregion rulers

/**
 * How well a model of each size gets one token of the answer right: per-token loss is assumed to fall as a power law of
 * the size, loss = (reference / size)^alpha, and p = exp(-loss).
 */
export function perTokenAccuracy(size: number, reference = 5e8, alpha = 0.55): number {
  return Math.exp(-((reference / size) ** alpha));
}
