import { readFileSync } from "node:fs";
import path from "node:path";

/** The first program of the package's own README, as a reader copies it. */
export function readmeProgram(packageFolder: string): string {
  const readme = readFileSync(path.join(packageFolder, "README.md"), "utf8");
  return /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
}

/** A LangChain program that knows nothing of this repository but one package: a retriever in a RunnableSequence. */
export const PLAIN_PROGRAM = `
import type { BaseMessage } from "@langchain/core/messages";
import type { DocumentInterface } from "@langchain/core/documents";
import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnablePassthrough, RunnableSequence } from "@langchain/core/runnables";
import { createRagPipeline, MemoryIndex, parseMarkdown, type RagPipeline } from "@zixue/rag";

/** Says back what it was given, so that the passages can be seen. */
class EchoModel extends SimpleChatModel {
  _llmType(): string {
    return "echo";
  }
  async _call(messages: BaseMessage[]): Promise<string> {
    return "ANSWERED FROM: " + messages.map((message) => message.text).join(" ");
  }
}

const rag: RagPipeline = await createRagPipeline({ index: new MemoryIndex() });
await rag.ingest([
  parseMarkdown({ id: "a", content: "# 小模型\\n\\n它有 12 层，每层 64 个注意力头。" }),
  parseMarkdown({ id: "b", content: "# 厨房\\n\\n先把水烧开，再放面条。" }),
]);
const chain = RunnableSequence.from([
  {
    context: rag.asRetriever({ limit: 1 }).pipe((found: DocumentInterface[]) => found.map((each) => each.pageContent).join("\\n")),
    question: new RunnablePassthrough<string>(),
  },
  ChatPromptTemplate.fromTemplate("{context}\\n{question}"),
  new EchoModel({}),
  new StringOutputParser(),
]);
const answer: string = await chain.invoke("小模型每层有多少个注意力头?");
console.log(answer);
await rag.close();
`;

/** As strict as a consumer can be: declarations of packages are checked as well. */
export function plainTsconfig(module: string, moduleResolution: string): unknown {
  return {
    compilerOptions: {
      target: "es2022",
      lib: ["es2023", "dom"],
      module,
      moduleResolution,
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      types: ["node"],
    },
    files: ["chain.ts", "readme.ts"],
  };
}
