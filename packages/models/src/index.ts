export { type CountableMessage, countTokens, truncateToTokens } from "./tokens.ts";
