/**
 * How long an offline answer takes at the server, from request to the last event, over real HTTP and the real chapters:
 * `npx tsx benchmarks/ask-latency.ts [--json]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writtenSections } from "@zixue/course";
import { coursePaths, createApp, listen, openCourse } from "@zixue/course-bot";
import { pino } from "pino";

const dataFolder = mkdtempSync(path.join(tmpdir(), "zixue-latency-"));
const opened = await openCourse({ ...coursePaths(), dataFolder });
const server = await listen(createApp({ ...opened, logger: pino({ level: "silent" }) }), {
  host: "127.0.0.1",
  port: 0,
});
try {
  const questions = writtenSections(opened.course).flatMap((section) =>
    section.questions.flatMap(({ ask, variants }) => [ask, ...variants]),
  );
  const strangers = ["今天天气怎么样？", "苹果公司股价？", "What is the capital of France?"];
  for (const question of questions.slice(0, 20)) await ask(question); // the just-in-time compiler's turn
  const times: number[] = [];
  for (const question of [...questions, ...strangers]) times.push(await ask(question));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  const result = { questions: times.length, p50: at(0.5), p95: at(0.95), max: at(1) };
  if (process.argv.includes("--json")) console.log(JSON.stringify(result));
  else
    console.log(
      `${result.questions} questions: p50 ${result.p50.toFixed(1)} ms, p95 ${result.p95.toFixed(1)} ms, max ${result.max.toFixed(1)} ms`,
    );
} finally {
  await server.stop();
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

async function ask(question: string): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${server.url}/api/ask`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ question }),
  });
  const body = await response.text();
  if (!response.ok || !body.includes('"type":"done"'))
    throw new Error(`${question}: ${response.status} ${body}`);
  return performance.now() - start;
}
