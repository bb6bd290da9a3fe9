import { RagError } from "../../errors.ts";

/** Vectors are searched by cosine, so the length of a vector below this says nothing about its direction. */
const SMALLEST_NORM = 1e-20;

/**
 * Checks a vector and gives a copy of length 1, so that cosine similarity becomes an inner product.
 *
 * @param where Named in the error: `"chunk 1.3@ab12… "` or `"the query"`.
 * @throws RagError `invalid-vector` for a wrong length, a hole, NaN, an infinity or a vector of zeros.
 */
export function unitVector(
  vector: ArrayLike<number>,
  options: { dimensions?: number; where: string },
): Float32Array<ArrayBuffer> {
  const { dimensions, where } = options;
  const length = vector?.length;
  if (!Number.isInteger(length) || length === 0) {
    throw invalid(where, "is not an array of numbers", "pass a Float32Array");
  }
  if (dimensions !== undefined && length !== dimensions) {
    throw invalid(
      where,
      `has ${length} dimensions, the index has ${dimensions}`,
      "use the embedding model that the index was built with, or delete the folder and ingest again",
      { expected: dimensions, actual: length },
    );
  }
  let squares = 0;
  for (let i = 0; i < length; i++) {
    const value: unknown = vector[i];
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw invalid(
        where,
        `holds ${String(value)} at position ${i}`,
        "check the embedding provider's response",
      );
    }
    squares += value * value;
  }
  const norm = Math.sqrt(squares);
  if (!(norm > SMALLEST_NORM) || !Number.isFinite(norm)) {
    throw invalid(
      where,
      norm > 0 ? `has a length of ${norm}` : "holds only zeros",
      "check the embedding provider's response (base64 decoded as floats gives zeros)",
    );
  }
  const unit = new Float32Array(length);
  for (let i = 0; i < length; i++) unit[i] = (vector[i] as number) / norm;
  return unit;
}

function invalid(
  where: string,
  what: string,
  remedy: string,
  details: Record<string, unknown> = {},
): RagError {
  return new RagError("invalid-vector", `The vector of ${where} ${what}; ${remedy}.`, {
    details: { where, ...details },
  });
}
