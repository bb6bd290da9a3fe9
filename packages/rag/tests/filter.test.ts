import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFilter, type Filter, type FilterCondition, RagError } from "../src/index.ts";

const scalar = fc.oneof(fc.constantFrom("a", "b", "", "1"), fc.integer({ min: -3, max: 3 }), fc.boolean());
const metadata = fc.dictionary(
  fc.constantFrom("part", "tags", "draft"),
  fc.oneof(scalar, fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 })),
);
const candidate = fc.record({ documentId: fc.constantFrom("1.1", "2.1", "a"), metadata });
const field = fc.constantFrom("part", "tags", "draft", "documentId");
const condition: fc.Arbitrary<FilterCondition> = fc.oneof(
  scalar,
  scalar.map((eq) => ({ eq })),
  scalar.map((ne) => ({ ne })),
  fc.array(scalar, { maxLength: 3 }).map((list) => ({ in: list })),
  fc.integer({ min: -3, max: 3 }).map((gte) => ({ gte })),
);

describe("compileFilter, for any metadata", () => {
  it("takes a bare value for eq, and ne for its opposite", () => {
    fc.assert(
      fc.property(candidate, field, scalar, (one, name, value) => {
        const equal = compileFilter({ [name]: value })(one);
        expect(compileFilter({ [name]: { eq: value } })(one)).toBe(equal);
        expect(compileFilter({ [name]: { ne: value } })(one)).toBe(!equal);
      }),
    );
  });

  it("takes `in` for any of its values", () => {
    fc.assert(
      fc.property(candidate, field, fc.array(scalar, { maxLength: 4 }), (one, name, values) => {
        const any = values.some((value) => compileFilter({ [name]: value })(one));
        expect(compileFilter({ [name]: { in: values } })(one)).toBe(any);
      }),
    );
  });

  it("holds when all its conditions hold, whatever their order", () => {
    fc.assert(
      fc.property(candidate, fc.dictionary(field, condition), (one, filter) => {
        const parts = Object.entries(filter);
        const all = parts.every((part) => compileFilter(Object.fromEntries([part]))(one));
        expect(compileFilter(filter)(one)).toBe(all);
        expect(compileFilter(Object.fromEntries(parts.reverse()))(one)).toBe(all);
      }),
    );
  });

  it("parts numbers at a bound into two", () => {
    const numbers = fc.integer({ min: -5, max: 5 });
    fc.assert(
      fc.property(numbers, numbers, (value, bound) => {
        const one = { documentId: "d", metadata: { value } };
        expect(compileFilter({ value: { gte: bound } })(one)).toBe(
          !compileFilter({ value: { lt: bound } })(one),
        );
        expect(compileFilter({ value: { gt: bound } })(one)).toBe(
          !compileFilter({ value: { lte: bound } })(one),
        );
      }),
    );
  });

  it("compiles what comes from outside, or says what is wrong with it", () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        try {
          expect(typeof compileFilter(input as Filter)({ documentId: "d", metadata: {} })).toBe("boolean");
        } catch (error) {
          expect(error).toBeInstanceOf(RagError);
          expect((error as RagError).code).toBe("invalid-input");
        }
      }),
    );
  });
});
