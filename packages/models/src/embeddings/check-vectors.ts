import { makeError, type RequestContext } from "../request/provider-errors.ts";

/**
 * Reads the vectors out of an embeddings answer, one per text in the order of the texts, and refuses every flaw:
 * missing or surplus vectors, a wrong length, zero, NaN, infinite or absent numbers. Understands base64 as well.
 *
 * @param expected length every vector must have; undefined: the length of the first
 * @throws ModelsError "bad-response" for an answer of another shape, "invalid-vector" for a flawed vector
 */
export function checkVectors(
  answer: unknown,
  count: number,
  expected: number | undefined,
  context: RequestContext,
): number[][] {
  const data = (answer as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) {
    const message = `${context.provider} answered an embeddings request without a list "data". Does ${context.baseUrl} serve embeddings, and is "${context.model}" an embedding model?`;
    throw makeError("bad-response", message, {}, context);
  }
  const vectors = new Array<number[] | undefined>(count).fill(undefined);
  data.forEach((item: { index?: unknown; embedding?: unknown } | null, position) => {
    const index = typeof item?.index === "number" ? item.index : position;
    if (index < 0 || index >= count || vectors[index] !== undefined) {
      throw invalid(
        `has index ${index}, which is not one of the ${count} texts or came twice`,
        position,
        context,
      );
    }
    vectors[index] = toNumbers(item?.embedding);
  });
  const length = expected ?? vectors[0]?.length;
  return vectors.map((vector, i) => {
    if (vector === undefined) throw invalid("is missing", i, context);
    if (vector.length !== length || length === 0) {
      throw invalid(
        `has ${vector.length} dimensions instead of ${length}; set ZIXUE_EMBEDDINGS_DIMENSIONS to what the model gives, or choose the model that the index was built with`,
        i,
        context,
      );
    }
    let isZero = true;
    for (const value of vector) {
      if (!Number.isFinite(value)) throw invalid("holds a value that is not a finite number", i, context);
      if (value !== 0) isZero = false;
    }
    if (isZero) throw invalid("is all zeros", i, context);
    return vector;
  });
}

function toNumbers(embedding: unknown): number[] | undefined {
  if (Array.isArray(embedding))
    return embedding.map((value) => (typeof value === "number" ? value : Number.NaN));
  if (typeof embedding !== "string") return undefined;
  // Little-endian float32, as OpenAI sends base64.
  const bytes = Uint8Array.from(atob(embedding), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => view.getFloat32(i * 4, true));
}

function invalid(what: string, position: number, context: RequestContext) {
  const message = `Vector ${position + 1} from ${context.provider} (${context.model}) ${what}. Nothing was kept of this batch.`;
  return makeError("invalid-vector", message, {}, context);
}
