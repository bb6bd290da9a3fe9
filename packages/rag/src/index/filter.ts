import type { MetadataValue } from "../document/document.ts";

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
