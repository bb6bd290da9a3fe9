import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { reply, scriptedChatModel } from "@zixue/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { calculator, defineAgent, memoryStore } from "../src/index.ts";

const exporter = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
  );
});
beforeEach(() => exporter.reset());
afterAll(() => {
  trace.disable();
  context.disable();
});

const sum = () => reply.toolCalls([{ name: "calculator", args: { expression: "37*41" } }]);

async function finish(events: AsyncIterable<{ type: string; traceId?: string }>): Promise<string> {
  let traceId = "";
  for await (const event of events) traceId = event.traceId ?? traceId;
  return traceId;
}

function exported(name: string): ReadableSpan {
  const found = exporter.getFinishedSpans().filter((span) => span.name.startsWith(name));
  if (!found[0]) throw new Error(`No span "${name}" was exported.`);
  return found[0];
}

describe("in an app that collects OpenTelemetry", () => {
  it("a run is a span below the active one, with its steps and tools below it", async () => {
    const store = memoryStore();
    const agent = defineAgent({
      name: "tutor",
      model: scriptedChatModel([sum(), "1517"]),
      tools: [calculator()],
      store,
    });
    const tracer = trace.getTracer("app");
    const traceId = await tracer.startActiveSpan("request", async (request) => {
      const id = await finish(agent.run("37*41", { threadId: "t" }));
      request.end();
      return id;
    });
    const [request, root, call, chat] = ["request", "invoke_agent", "execute_tool", "chat"].map(exported);
    const rootId = root?.spanContext().spanId;
    expect(root?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(call?.parentSpanContext?.spanId).toBe(rootId);
    expect(chat?.parentSpanContext?.spanId).toBe(rootId);
    expect(exporter.getFinishedSpans()).toHaveLength(5);
    expect(root?.attributes).toMatchObject({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.conversation.id": "t",
      "zixue.run.status": "completed",
      "zixue.trace.id": traceId,
    });
    expect(chat?.attributes["gen_ai.response.finish_reasons"]).toEqual(["tool_calls"]);
    // Arguments may hold anything; they leave the machine only when content is asked for.
    expect(call?.attributes["gen_ai.tool.call.arguments"]).toBeUndefined();
    const [kept] = await store.traces.get(traceId);
    expect(kept?.attributes).toMatchObject({
      "otel.trace_id": root?.spanContext().traceId,
      "otel.span_id": rootId,
    });
    expect(root && root.duration[0] * 1e3 + root.duration[1] / 1e6).toBeCloseTo(
      (kept?.endedAt ?? 0) - (kept?.startedAt ?? 0),
      0,
    );
  });

  it("what a tool does stands below the tool, an agent too", async () => {
    const inner = defineAgent({ name: "inner", model: scriptedChatModel(["1517"]) });
    const ask = calculator();
    ask.func = async () => {
      trace.getTracer("app").startSpan("query").end();
      await finish(inner.run("?"));
      return "1517";
    };
    await finish(
      defineAgent({ name: "outer", model: scriptedChatModel([sum(), "1517"]), tools: [ask] }).run("?"),
    );
    const tool = exported("execute_tool").spanContext().spanId;
    expect(exported("query").parentSpanContext?.spanId).toBe(tool);
    expect(exported("invoke_agent inner").parentSpanContext?.spanId).toBe(tool);
    expect(exported("invoke_agent outer").parentSpanContext).toBeUndefined();
  });

  it("a failed tool is an error, and a resumed run is linked to the one that paused", async () => {
    const agent = defineAgent({
      name: "a",
      model: scriptedChatModel([sum(), "好"]),
      tools: [calculator()],
      approvals: ["calculator"],
      trace: { content: true },
    });
    await finish(agent.run("37*41", { threadId: "t" }));
    const paused = exported("invoke_agent").spanContext();
    exporter.reset();
    const [call] = await agent.pending("t");
    await finish(agent.resume("t", { [call?.id ?? ""]: { type: "reject", reason: "不" } }));
    expect(exported("invoke_agent").links.map((link) => link.context)).toMatchObject([
      { traceId: paused.traceId, spanId: paused.spanId },
    ]);
    const rejected = exported("execute_tool");
    expect(rejected.status.code).toBe(2);
    expect(rejected.attributes["error.type"]).toBe("rejected");
    expect(rejected.attributes["gen_ai.tool.call.arguments"]).toBe('{"expression":"37*41"}');
  });
});
