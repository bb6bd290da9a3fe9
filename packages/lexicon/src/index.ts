export { simplify, simplifyCodePoint } from "./simplify.ts";
export { stem } from "./stem.ts";
