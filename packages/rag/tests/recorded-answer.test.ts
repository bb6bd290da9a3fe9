import { resolveModels } from "@zixue/models";
import { reply, startScriptedServer, withCassette } from "@zixue/testkit";
import { expect, it } from "vitest";
import "@zixue/testkit/vitest";
import { createRagPipeline } from "../src/index.ts";
import { courseIndex, GLOSSARY } from "./small-course.ts";

const QUESTION = "什么是 LoRA？";

/** No model wrote this: a scripted server stands in for one while the cassette is recorded. */
const SCRIPTED = "LoRA 冻结原有权重，只训练两个低秩矩阵 A 和 B。[1]";

it("an answer streamed from a cassette, recorded from a scripted server, cites its source", async () => {
  // With ZIXUE_CASSETTES=refresh the server is asked; replaying asks nobody.
  await using server = await startScriptedServer(() => reply.text(SCRIPTED));
  await withCassette(
    "scripted-answer",
    async () => {
      const { chat } = await resolveModels(
        { provider: "custom", baseUrl: server.url, apiKey: "test", chatModel: "scripted", maxRetries: 0 },
        {},
      );
      const index = await courseIndex();
      const pipeline = await createRagPipeline({
        index,
        knowledge: { glossary: GLOSSARY },
        models: { chat },
      });
      const answer = pipeline.answer(QUESTION);
      await expect(answer).toCite({ documentId: "4.2", quote: "低秩矩阵", supported: true });
      await expect(answer).not.toRefuse();
    },
    {
      folder: new URL("./cassettes", import.meta.url),
      unused: "fail",
      // The recording stands for "asked this question with these sources", however the prompt words the rest.
      normalise: (request) => ({
        ...request,
        body: { asks: JSON.stringify(request.body).includes(QUESTION) },
      }),
    },
  );
  if (!process.env.ZIXUE_CASSETTES) expect(server.requests).toHaveLength(0);
});
