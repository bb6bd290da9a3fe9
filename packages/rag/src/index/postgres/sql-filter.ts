import { compileFilter, type Filter, type FilterCondition } from "../filter.ts";
import { toStoredText } from "./stored-text.ts";

type Scalar = string | number | boolean;

/**
 * A filter as a condition on the table of chunks, whose columns `document` and `metadata` it reads, with the same
 * outcome as `matches`. Names and values are pushed to `values` and stand in the SQL as `$n` only.
 *
 * @throws {RagError} `invalid-input` as `compileFilter`
 */
export function sqlFilter(filter: Filter, values: unknown[]): string {
  compileFilter(filter);
  const conditions = Object.entries(filter).map(([field, condition]) => {
    const operators = operatorsOf(condition).map(([operator, operand]) =>
      field === "documentId"
        ? documentCondition(operator, operand, values)
        : metadataCondition(field, operator, operand, values),
    );
    return operators.join(" AND ");
  });
  return conditions.length === 0 ? "TRUE" : conditions.map((condition) => `(${condition})`).join(" AND ");
}

/** Metadata as it is stored for filters. */
export function storedMetadata(metadata: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(metadata).map(([field, value]) => [toStoredText(field), stored(value)]),
    ),
  );
}

function operatorsOf(condition: FilterCondition): [string, unknown][] {
  if (typeof condition !== "object") return [["eq", condition]];
  return Object.entries(condition).filter(([, operand]) => operand !== undefined);
}

/** A document's id is a string: other values and ranges never meet it. */
function documentCondition(operator: string, operand: unknown, values: unknown[]): string {
  const strings = [operand].flat().filter((value) => typeof value === "string");
  if (operator === "ne")
    return strings.length === 0 ? "TRUE" : `document <> ${bind(values, toStoredText(strings[0]!))}`;
  if (operator !== "eq" && operator !== "in") return "FALSE";
  return strings.length === 0
    ? "FALSE"
    : `document = ANY(${bind(values, strings.map(toStoredText))}::text[])`;
}

function metadataCondition(field: string, operator: string, operand: unknown, values: unknown[]): string {
  switch (operator) {
    case "eq":
      return oneOf(field, [operand as Scalar], values);
    case "ne":
      return `NOT ${oneOf(field, [operand as Scalar], values)}`;
    case "in":
      return oneOf(field, operand as readonly Scalar[], values);
    default: {
      const sign = { gt: ">", gte: ">=", lt: "<", lte: "<=" }[operator];
      const value = `metadata -> ${bind(values, toStoredText(field))}::text`;
      return `CASE WHEN jsonb_typeof(${value}) = 'number' THEN (${value})::float8 ${sign} ${bind(values, operand)}::float8 ELSE FALSE END`;
    }
  }
}

/** A field, or an item of it where it is a list, is one of these. */
function oneOf(field: string, operands: readonly Scalar[], values: unknown[]): string {
  const name = toStoredText(field);
  // JSON has no infinity, so no field can equal one.
  const finite = operands.filter((value) => typeof value !== "number" || Number.isFinite(value));
  const patterns = finite.flatMap((value) => [
    JSON.stringify({ [name]: stored(value) }),
    JSON.stringify({ [name]: [stored(value)] }),
  ]);
  return `(metadata @> ANY(${bind(values, patterns)}::text[]::jsonb[]))`;
}

function stored(value: unknown): unknown {
  if (typeof value === "string") return toStoredText(value);
  return Array.isArray(value) ? value.map(stored) : value;
}

function bind(values: unknown[], value: unknown): string {
  return `$${values.push(value)}`;
}
