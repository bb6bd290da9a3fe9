import { deterministicVector } from "../deterministic-vector.ts";
import { estimateTokens } from "../pieces.ts";
import { type Reply, reply as replies, type VectorsReply } from "../reply.ts";
import { isRecord } from "./chat-request.ts";
import { type Exchange, RequestProblem, sendCommon, sendJson } from "./exchange.ts";

export interface EmbeddingsSettings {
  /** Length of a vector when the request does not say. */
  readonly dimensions: number;
  /** Most texts in one request; more are refused with 400. */
  readonly batchLimit: number;
}

/** `POST /v1/embeddings`: deterministic vectors, or what the script says. */
export async function answerEmbeddings(
  exchange: Exchange,
  settings: EmbeddingsSettings,
  next: (() => Promise<Reply>) | undefined,
): Promise<void> {
  const { model, texts, dimensions, base64 } = readRequest(exchange, settings);
  const reply = next === undefined ? replies.vectors() : await next();
  if (await sendCommon(exchange, reply)) return;
  if (reply.kind !== "vectors") {
    throw new RequestProblem(
      500,
      `An embeddings request cannot be answered with a reply of kind "${reply.kind}".`,
    );
  }
  const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  const data = vectorsFor(reply, texts, dimensions).map((vector, index) => ({
    object: "embedding",
    index,
    embedding: base64 || reply.flaw === "base64" ? toBase64(vector) : vector,
  }));
  if (reply.flaw === "missing") data.pop();
  if (reply.flaw === "out-of-order") data.reverse();
  sendJson(exchange, 200, {
    object: "list",
    data,
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function readRequest({ request, dialect }: Exchange, settings: EmbeddingsSettings) {
  const body: unknown = request.body;
  if (!isRecord(body)) throw new RequestProblem(400, "The body must be a JSON object.");
  if (typeof body.model !== "string" || body.model === "") {
    throw new RequestProblem(400, "You must provide a model parameter.", { param: "model" });
  }
  const texts = readTexts(body.input);
  if (texts.length > settings.batchLimit) {
    throw new RequestProblem(
      400,
      `Too many inputs: the batch has ${texts.length}, at most ${settings.batchLimit} are allowed.`,
      { param: "input" },
    );
  }
  const asked = body.dimensions;
  if (asked !== undefined && (typeof asked !== "number" || !Number.isInteger(asked) || asked < 1)) {
    throw new RequestProblem(400, "'dimensions' must be a positive integer.", { param: "dimensions" });
  }
  const encoding = body.encoding_format ?? "float";
  if (encoding !== "float" && encoding !== "base64") {
    throw new RequestProblem(400, "'encoding_format' must be 'float' or 'base64'.", {
      param: "encoding_format",
    });
  }
  return {
    model: body.model,
    texts,
    dimensions: asked !== undefined && dialect.honoursDimensions ? asked : settings.dimensions,
    base64: encoding === "base64" && dialect.base64Embeddings,
  };
}

function readTexts(input: unknown): string[] {
  const list = typeof input === "string" || isTokens(input) ? [input] : input;
  if (!Array.isArray(list) || list.length === 0) {
    throw new RequestProblem(400, "'input' must be a string or a list that is not empty.", {
      param: "input",
    });
  }
  return list.map((item: unknown, i) => {
    if (isTokens(item)) return item.join(" ");
    if (typeof item === "string" && item !== "") return item;
    throw new RequestProblem(400, `'input[${i}]' must be a string that is not empty.`, {
      param: `input[${i}]`,
    });
  });
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");
}

function vectorsFor(
  reply: VectorsReply,
  texts: readonly string[],
  dimensions: number,
): (readonly number[])[] {
  const vectors = reply.vectors ?? texts.map((text) => deterministicVector(text, dimensions));
  switch (reply.flaw) {
    case "zero":
      return vectors.map((vector) => vector.map(() => 0));
    case "not-a-number":
      // JSON has no NaN: it arrives as null in float, as the real bits in base64.
      return vectors.map((vector) => vector.map((value, i) => (i === 0 ? Number.NaN : value)));
    case "wrong-length": {
      const length = reply.length ?? Math.max(1, Math.floor(dimensions / 2));
      return texts.map((text) => deterministicVector(text, length));
    }
    default:
      return [...vectors];
  }
}

function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}
