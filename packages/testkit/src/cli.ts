#!/usr/bin/env node
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { DialectName } from "./dialect.ts";
import { startScriptedServer } from "./start-scripted-server.ts";

const USAGE = `scripted-server [--script <file>] [--port <n>] [--dialect <name>]
    Serves the OpenAI API on 127.0.0.1 from a script until it is stopped.
    The script is a JSON file, or a module whose default export is one: a list of replies, a function, or
    { chat, embeddings, rerank }. Without one, every chat request is answered with the text it ends with.`;

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exitCode = 1;
});

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      script: { type: "string" },
      port: { type: "string", default: "0" },
      dialect: { type: "string", default: "openai" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port} is no port.`);
  const script = values.script === undefined ? echo : await loadScript(values.script);
  const server = await startScriptedServer(script, { port, dialect: values.dialect as DialectName });
  console.log(server.url);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
}

async function loadScript(file: string): Promise<Parameters<typeof startScriptedServer>[0]> {
  const options = file.endsWith(".json") ? { with: { type: "json" } } : {};
  const module: { default?: unknown } = await import(pathToFileURL(path.resolve(file)).href, options);
  const script = module.default;
  if (typeof script === "function" || (typeof script === "object" && script !== null)) {
    return script as Parameters<typeof startScriptedServer>[0];
  }
  throw new Error(`${file} exports no script as its default.`);
}

function echo({ body }: { body: { messages: { content: unknown }[] } }): string {
  const content = body.messages.at(-1)?.content;
  return typeof content === "string" ? content : JSON.stringify(content);
}
