import { Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { describe, expect, it } from "vitest";
import { type AgentEvent, defineAgent, type RetrievedCitation, retrieverTool } from "../src/index.ts";

class Found extends BaseRetriever {
  lc_namespace = ["tests"];
  readonly asked: string[] = [];
  readonly #find: () => Promise<Document[]>;
  constructor(find: Document[] | (() => Promise<Document[]>)) {
    super();
    this.#find = typeof find === "function" ? find : async () => find;
  }
  override async _getRelevantDocuments(query: string): Promise<Document[]> {
    this.asked.push(query);
    return this.#find();
  }
}

const documents = [
  new Document({
    pageContent: "注意力给每个词一个权重。\n",
    metadata: { title: "第一章", headingPath: ["第一章", "自注意力"], url: "/c/1.html", score: 0.9 },
  }),
  new Document({ pageContent: "A page.", metadata: { source: "a.pdf", loc: { pageNumber: 3 } } }),
  new Document({ pageContent: "A page.", metadata: { source: "a.pdf", loc: { pageNumber: 3 } } }),
  new Document({ pageContent: "  ", metadata: {} }),
  new Document({ id: "d4", pageContent: "No metadata." }),
];

const ask = async (
  tool: ReturnType<typeof retrieverTool>,
): Promise<{ content: string; artifact: { citations: RetrievedCitation[] } }> =>
  tool.invoke({ type: "tool_call", id: "c1", name: tool.name, args: { query: "注意力" } }) as never;

describe("retrieverTool", () => {
  it("numbers passages for the model and keeps sources and metadata for programs", async () => {
    const retriever = new Found(documents);
    const { content, artifact } = await ask(retrieverTool(retriever, { description: "Searches." }));
    expect(retriever.asked).toEqual(["注意力"]);
    expect(content).toBe(
      "[1] 第一章 › 自注意力\n注意力给每个词一个权重。\n\n[2] p. 3\nA page.\n\n[3]\nNo metadata.",
    );
    expect(artifact.citations).toEqual([
      { marker: 1, quote: "注意力给每个词一个权重。", source: "/c/1.html", metadata: documents[0]!.metadata },
      { marker: 2, quote: "A page.", source: "a.pdf", metadata: documents[1]!.metadata },
      { marker: 3, quote: "No metadata.", source: "d4", metadata: {} },
    ]);
  });

  it("shows at most so many passages, and says when there are none", async () => {
    const limited = await ask(retrieverTool(new Found(documents), { description: "Searches.", limit: 1 }));
    expect(limited.artifact.citations).toHaveLength(1);
    const empty = await ask(retrieverTool(new Found([]), { description: "Searches." }));
    expect(empty.content).toMatch(/^Nothing was found\./);
    expect(empty.artifact).toEqual({ citations: [] });
  });

  it("stops waiting for a retriever when the signal aborts", async () => {
    const tool = retrieverTool(new Found(() => new Promise(() => {})), { description: "Searches." });
    const controller = new AbortController();
    const found = tool.invoke({ query: "x" }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(found).rejects.toThrow();
  });

  it("brings citations and failures into an agent's events", async () => {
    let fails = false;
    const retriever = new Found(async () => {
      if (fails) throw new Error("the index is locked");
      fails = true;
      return documents;
    });
    const tool = retrieverTool(retriever, { name: "find", description: "Searches.", untrusted: true });
    const call = (query: string) => reply.toolCalls([{ name: "find", args: { query } }]);
    const model = scriptedChatModel([call("一"), call("二"), reply.text("见 [1]。")]);
    const events: AgentEvent[] = [];
    for await (const event of defineAgent({ name: "a", model, tools: [tool] }).run("注意力？"))
      events.push(event);
    const [first, second] = events.filter((event) => event.type === "tool-result");
    expect(first!.content).toMatch(/<<<untrusted [\s\S]*\[1\] 第一章/);
    expect((first!.artifact as { citations: RetrievedCitation[] }).citations[1]!.source).toBe("a.pdf");
    expect(second).toMatchObject({ isError: true, content: expect.stringMatching(/the index is locked/) });
  });

  it("refuses settings that make no sense", () => {
    for (const options of [
      { description: "" },
      { description: "x", name: "a b" },
      { description: "x", limit: 0 },
    ])
      expect(() => retrieverTool(new Found([]), options)).toThrow(
        expect.objectContaining({ code: "invalid-definition" }),
      );
  });
});
