import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { TestkitError } from "../errors.ts";
import type { StoredBody } from "./body.ts";
import { formatJson } from "./format-json.ts";
import type { CassetteRequest } from "./normalise-request.ts";

const FORMAT = "zixue-cassette/1";

/** How a recorded response ended: whole, broken off by the server, or left by the client. */
export type RecordedEnd = "complete" | "cut" | "left";

export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: StoredBody;
  /** Milliseconds from the request to the headers and to each chunk; used by `realtime` only. */
  readonly milliseconds: readonly number[];
  readonly end: RecordedEnd;
}

/** One request and its response. `hash` is what a request is found by. */
export interface Recording {
  readonly hash: string;
  readonly request: CassetteRequest;
  readonly response: RecordedResponse;
}

/** Reads a cassette; undefined where there is none. Throws a TestkitError ("invalid-cassette") for a broken one. */
export async function readCassette(file: string): Promise<readonly Recording[] | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const broken = (why: string, cause?: unknown) =>
    new TestkitError(
      "invalid-cassette",
      `The cassette ${shorten(file)} cannot be used: ${why}. Record it anew with ZIXUE_CASSETTES=refresh.`,
      { cause, details: { file } },
    );
  let value: { format?: unknown; recordings?: unknown } | null;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(`it is no JSON (${(cause as Error).message})`, cause);
  }
  if (value?.format !== FORMAT) {
    throw broken(`its format is ${JSON.stringify(value?.format)}, this version reads "${FORMAT}"`);
  }
  if (!Array.isArray(value.recordings)) throw broken("it has no list of recordings");
  for (const [i, recording] of value.recordings.entries()) {
    if (!isRecording(recording)) throw broken(`recording ${i + 1} is incomplete`);
  }
  return value.recordings as Recording[];
}

/** Writes a cassette whole or not at all: a new file, then a rename. */
export async function writeCassette(
  file: string,
  name: string,
  recordings: readonly Recording[],
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, formatJson({ format: FORMAT, name, recordings }));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A path as messages show it: relative to the current folder where that is shorter. */
export function shorten(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.length < file.length ? relative : file;
}

function isRecording(value: unknown): value is Recording {
  const { hash, request, response } = (value ?? {}) as Partial<Recording>;
  const body = response?.body as { json?: unknown; chunks?: unknown } | undefined;
  return (
    typeof hash === "string" &&
    typeof request?.method === "string" &&
    typeof request.path === "string" &&
    typeof response?.status === "number" &&
    Array.isArray(response.milliseconds) &&
    body !== undefined &&
    ("json" in body || Array.isArray(body.chunks))
  );
}
