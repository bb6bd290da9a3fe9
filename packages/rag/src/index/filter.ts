import type { MetadataValue } from "../document/document.ts";
import { RagError } from "../errors.ts";

/** A condition on one metadata field. A bare value means `eq`. On a list-valued field, `eq` means "contains". */
export type FilterCondition =
  | string
  | number
  | boolean
  | { readonly eq: string | number | boolean }
  | { readonly ne: string | number | boolean }
  | { readonly in: readonly (string | number | boolean)[] }
  | { readonly gt?: number; readonly gte?: number; readonly lt?: number; readonly lte?: number };

/**
 * A filter as data, the same for every index: all conditions must hold. `documentId` filters the document itself,
 * every other key a metadata field; a missing field matches nothing but `ne`.
 *
 * @example { part: 2 }   { section: { in: ["1.1", "1.3"] } }   { part: { gte: 2 }, documentId: { ne: "0.1" } }
 */
export type Filter = Readonly<Record<string, FilterCondition>>;

export type { MetadataValue };

/** What a filter is tested on: a chunk, or anything with its document and metadata. */
export interface Filterable {
  readonly documentId: string;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

/**
 * Checks a filter, which may come from outside, and compiles it into a test.
 *
 * @throws {RagError} `invalid-input` naming the field and what is wrong with its condition
 * @example compileFilter({ part: { gte: 2 } })({ documentId: "2.1", metadata: { part: 2 } }) // true
 */
export function compileFilter(filter: Filter): (candidate: Filterable) => boolean {
  if (!isRecord(filter)) throw invalid("a filter", "must be an object", filter);
  const tests = Object.entries(filter).map(([field, condition]) => {
    const test = compileCondition(field, condition);
    return ({ documentId, metadata }: Filterable): boolean => {
      if (field === "documentId") return test(documentId);
      return test(Object.hasOwn(metadata, field) ? metadata[field] : undefined);
    };
  });
  return (candidate) => tests.every((test) => test(candidate));
}

/** Tests one document or chunk; `compileFilter` is cheaper for many. */
export function matches(
  filter: Filter,
  documentId: string,
  metadata: Readonly<Record<string, MetadataValue>>,
): boolean {
  return compileFilter(filter)({ documentId, metadata });
}

type ValueTest = (value: MetadataValue | undefined) => boolean;

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
};

function compileCondition(field: string, condition: FilterCondition): ValueTest {
  const name = `the condition on ${JSON.stringify(field)}`;
  if (isScalar(condition)) return equals(condition);
  if (!isRecord(condition)) throw invalid(name, "must be a value or an object", condition);
  const entries = Object.entries(condition).filter(([, operand]) => operand !== undefined);
  if (entries.length === 0)
    throw invalid(name, "is empty; use one of eq, ne, in, gt, gte, lt, lte", condition);
  const tests = entries.map(([operator, operand]) => compileOperator(name, operator, operand));
  return (value) => tests.every((test) => test(value));
}

function compileOperator(name: string, operator: string, operand: unknown): ValueTest {
  if (operator === "eq" || operator === "ne") {
    if (!isScalar(operand)) throw invalid(name, `needs a string, number or boolean for ${operator}`, operand);
    const equal = equals(operand);
    return operator === "eq" ? equal : (value) => !equal(value);
  }
  if (operator === "in") {
    if (!Array.isArray(operand) || !operand.every(isScalar)) {
      throw invalid(name, "needs a list of strings, numbers or booleans for in", operand);
    }
    const allowed = new Set<unknown>(operand);
    return (value) => (isList(value) ? value.some((item) => allowed.has(item)) : allowed.has(value));
  }
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (compare === undefined) {
    throw invalid(
      name,
      `has no operator ${JSON.stringify(operator)}; use eq, ne, in, gt, gte, lt or lte`,
      operand,
    );
  }
  if (typeof operand !== "number" || Number.isNaN(operand))
    throw invalid(name, `needs a number for ${operator}`, operand);
  return (value) => typeof value === "number" && compare(value, operand);
}

function equals(expected: string | number | boolean): ValueTest {
  return (value) => (isList(value) ? value.some((item) => item === expected) : value === expected);
}

function isList(value: MetadataValue | undefined): value is readonly string[] {
  return Array.isArray(value);
}

function isScalar(value: unknown): value is string | number | boolean {
  if (typeof value === "number") return !Number.isNaN(value);
  return typeof value === "string" || typeof value === "boolean";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(what: string, problem: string, found: unknown): RagError {
  return new RagError("invalid-input", `Invalid filter: ${what} ${problem}.`, { details: { found } });
}
