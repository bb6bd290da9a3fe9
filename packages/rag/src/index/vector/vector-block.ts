import { runSteps, type Steps } from "../keyword/steps.ts";

/**
 * The vectors of one segment: unit float32 rows for exact scores, and the same rows as int8 for the scan.
 * A row whose scale is 0 has no vector.
 */
export interface VectorBlock {
  readonly count: number;
  readonly dimensions: number;
  /** `count × dimensions`, each row of length 1. */
  readonly floats: Float32Array;
  /** `count × stride` codes; a row is padded with zeros to a multiple of 16, the width of a SIMD register. */
  readonly codes: Int8Array;
  /** `float ≈ code × scale`, one scale a row. */
  readonly scales: Float32Array;
}

const LANES = 16;

/** Bytes of one int8 row. */
export function rowStride(dimensions: number): number {
  return Math.ceil(dimensions / LANES) * LANES;
}

/**
 * Quantises unit rows to int8, symmetric, with one scale a row (largest magnitude ↔ 127).
 *
 * @param rows One unit vector each, or `undefined` for a row without a vector.
 */
export function createVectorBlock(
  rows: readonly (Float32Array | undefined)[],
  dimensions: number,
): VectorBlock {
  return runSteps(vectorBlockSteps(rows, dimensions));
}

/** `createVectorBlock` with pauses. */
export function* vectorBlockSteps(
  rows: readonly (Float32Array | undefined)[],
  dimensions: number,
): Steps<VectorBlock> {
  const stride = rowStride(dimensions);
  const floats = new Float32Array(rows.length * dimensions);
  const codes = new Int8Array(rows.length * stride);
  const scales = new Float32Array(rows.length);
  for (const [index, row] of rows.entries()) {
    if (index % 64 === 0) yield;
    if (row === undefined) continue;
    floats.set(row, index * dimensions);
    scales[index] = quantizeRow(row, codes, index * stride);
  }
  return { count: rows.length, dimensions, floats, codes, scales };
}

/** Writes the codes of `row` at `offset` and gives the scale. */
export function quantizeRow(row: Float32Array, codes: Int8Array | Int16Array, offset: number): number {
  let peak = 0;
  for (let i = 0; i < row.length; i++) peak = Math.max(peak, Math.abs(row[i] as number));
  if (peak === 0) return 0;
  const factor = 127 / peak;
  for (let i = 0; i < row.length; i++) codes[offset + i] = Math.round((row[i] as number) * factor);
  return peak / 127;
}
