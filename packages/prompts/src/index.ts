export { type ByLocale, definePrompt, type MessageTemplate, type PromptDefinition } from "./define.ts";
export { formatProblems, type PromptProblem, PromptsError, type PromptsErrorCode } from "./errors.ts";
export type { ExampleOptions, PromptExample } from "./examples.ts";
export type { Dropped, DropRule } from "./fit.ts";
export {
  checkPrompts,
  type PromptFile,
  PromptLibrary,
  type ReadPromptsOptions,
  readPrompts,
} from "./library.ts";
export { lintPrompts, loadPrompts } from "./load.ts";
export { describeOutput, parseOutput } from "./output.ts";
export {
  type FitOptions,
  Prompt,
  type PromptInput,
  type RenderedPrompt,
  type RenderOptions,
} from "./prompt.ts";
export { lexicalSimilarity } from "./similarity.ts";
export { UNTRUSTED_NOTE, type UntrustedOptions, untrusted } from "./untrusted.ts";
