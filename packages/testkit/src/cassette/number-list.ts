const MIN_LENGTH = 16;

/** Replaces long lists of numbers, such as embeddings, by base64 of their bits: `{ $float32 }` where that is exact, else `{ $float64 }`. */
export function packNumbers(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.length < MIN_LENGTH || !value.every(isFloat) || value.every(Number.isInteger)) {
      return value.map(packNumbers);
    }
    return value.every((item) => Math.fround(item) === item)
      ? { $float32: toBase64(Float32Array.from(value)) }
      : { $float64: toBase64(Float64Array.from(value)) };
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packNumbers(item)]));
}

/** The inverse of `packNumbers`. */
export function unpackNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpackNumbers);
  if (typeof value !== "object" || value === null) return value;
  const { $float32, $float64 } = value as { $float32?: unknown; $float64?: unknown };
  if (typeof $float32 === "string") return [...new Float32Array(bytesOf($float32))];
  if (typeof $float64 === "string") return [...new Float64Array(bytesOf($float64))];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpackNumbers(item)]));
}

function isFloat(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function toBase64(list: Float32Array | Float64Array): string {
  return Buffer.from(list.buffer).toString("base64");
}

function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(base64, "base64")).buffer;
}
