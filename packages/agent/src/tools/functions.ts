/** A function that expressions may call. `apply` tells `fail` why when the values are outside its domain. */
export interface MathFunction {
  readonly min: number;
  readonly max: number;
  apply(values: readonly number[], fail: (why: string) => never): number;
}

export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["π", Math.PI],
  ["tau", 2 * Math.PI],
  ["e", Math.E],
]);

export const FUNCTIONS: ReadonlyMap<string, MathFunction> = new Map<string, MathFunction>([
  ["sqrt", one(Math.sqrt, (x) => x >= 0)],
  ["cbrt", one(Math.cbrt)],
  ["abs", one(Math.abs)],
  ["exp", one(Math.exp)],
  ["ln", one(Math.log, (x) => x > 0)],
  ["log2", one(Math.log2, (x) => x > 0)],
  ["log10", one(Math.log10, (x) => x > 0)],
  ["log", { min: 1, max: 2, apply: logarithm }],
  ["sin", one(Math.sin)],
  ["cos", one(Math.cos)],
  ["tan", one(Math.tan)],
  ["asin", one(Math.asin, (x) => Math.abs(x) <= 1)],
  ["acos", one(Math.acos, (x) => Math.abs(x) <= 1)],
  ["atan", one(Math.atan)],
  ["atan2", { min: 2, max: 2, apply: ([y, x]) => Math.atan2(y!, x!) }],
  ["sinh", one(Math.sinh)],
  ["cosh", one(Math.cosh)],
  ["tanh", one(Math.tanh)],
  ["sigmoid", one((x) => 1 / (1 + Math.exp(-x)))],
  ["deg", one((x) => (x * Math.PI) / 180)],
  ["floor", one(Math.floor)],
  ["ceil", one(Math.ceil)],
  ["trunc", one(Math.trunc)],
  ["sign", one(Math.sign)],
  ["round", { min: 1, max: 2, apply: ([x, digits = 0]) => roundTo(x!, digits) }],
  [
    "mod",
    { min: 2, max: 2, apply: ([a, b], fail) => (b === 0 ? fail("division by zero") : ((a! % b!) + b!) % b!) },
  ],
  ["pow", { min: 2, max: 2, apply: ([a, b]) => a! ** b! }],
  ["hypot", { min: 1, max: Number.POSITIVE_INFINITY, apply: (xs) => Math.hypot(...xs) }],
  ["min", { min: 1, max: Number.POSITIVE_INFINITY, apply: (xs) => Math.min(...xs) }],
  ["max", { min: 1, max: Number.POSITIVE_INFINITY, apply: (xs) => Math.max(...xs) }],
  ["sum", { min: 1, max: Number.POSITIVE_INFINITY, apply: sum }],
  ["mean", { min: 1, max: Number.POSITIVE_INFINITY, apply: (xs) => sum(xs) / xs.length }],
  ["factorial", { min: 1, max: 1, apply: factorial }],
]);

function one(apply: (x: number) => number, isDefined: (x: number) => boolean = () => true): MathFunction {
  return {
    min: 1,
    max: 1,
    apply: ([x], fail) => (isDefined(x!) ? apply(x!) : fail(`this function is not defined for ${x}`)),
  };
}

function logarithm([x, base = 10]: readonly number[], fail: (why: string) => never): number {
  if (!(x! > 0)) fail(`a logarithm is not defined for ${x}`);
  if (!(base > 0) || base === 1) fail(`${base} cannot be the base of a logarithm`);
  if (base === 10) return Math.log10(x!);
  return base === 2 ? Math.log2(x!) : Math.log(x!) / Math.log(base);
}

/** Rounds in decimal, as written: 1.005 to 2 digits is 1.01, though its binary value lies below. */
function roundTo(x: number, digits: number): number {
  const places = Math.trunc(digits);
  const [mantissa = "0", exponent = "0"] = String(Math.abs(x)).split("e");
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent) + places}`));
  const [m = "0", e = "0"] = String(shifted).split("e");
  const rounded = Math.sign(x) * Number(`${m}e${Number(e) - places}`);
  return Number.isFinite(rounded) ? rounded : x;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function factorial([x]: readonly number[], fail: (why: string) => never): number {
  if (!Number.isInteger(x) || x! < 0) fail(`a factorial is only defined for whole numbers from 0, not ${x}`);
  if (x! > 170) fail(`the factorial of ${x} is too large`);
  let product = 1;
  for (let factor = 2; factor <= x!; factor++) product *= factor;
  return product;
}
