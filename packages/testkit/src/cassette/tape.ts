import { rm } from "node:fs/promises";
import { TestkitError } from "../errors.ts";
import { type Recording, shorten, writeCassette } from "./cassette-file.ts";
import { explainDifference } from "./explain-difference.ts";
import type { Forward, Interceptor } from "./intercept-fetch.ts";
import type { CassetteMode } from "./mode.ts";
import {
  type CassetteRequest,
  hashRequest,
  type NormaliseOptions,
  normaliseRequest,
} from "./normalise-request.ts";
import { type ResponseRecorder, recordResponse } from "./record-response.ts";
import { secretValues } from "./redact.ts";
import { replayResponse } from "./replay-response.ts";

export interface TapeSettings extends NormaliseOptions {
  readonly name: string;
  readonly file: string;
  readonly mode: CassetteMode;
  readonly realtime: boolean;
  readonly unused: "warn" | "fail" | "ignore";
  readonly secrets: readonly string[];
  readonly intercept: (url: URL, method: string) => boolean;
}

interface FreshRecording {
  readonly hash: string;
  readonly request: CassetteRequest;
  recorder?: ResponseRecorder;
}

/** One cassette while a test runs: answers from what is recorded, records what is not, and settles up at the end. */
export class Tape implements Interceptor {
  readonly name: string;
  readonly #settings: TapeSettings;
  readonly #exists: boolean;
  readonly #known: readonly Recording[];
  readonly #played = new Map<string, number>();
  readonly #fresh: FreshRecording[] = [];
  readonly #secrets: Set<string>;
  readonly #problems: TestkitError[] = [];

  /** `recorded`: what the file holds; undefined when there is no file. */
  constructor(settings: TapeSettings, recorded: readonly Recording[] | undefined) {
    this.name = settings.name;
    this.#settings = settings;
    this.#exists = recorded !== undefined;
    this.#known = settings.mode === "refresh" ? [] : (recorded ?? []);
    this.#secrets = new Set(settings.secrets);
  }

  matches(url: URL, method: string): boolean {
    return this.#settings.intercept(url, method);
  }

  async handle(request: Request, forward: Forward): Promise<Response> {
    const started = performance.now();
    const bytes = await request.arrayBuffer();
    request.signal.throwIfAborted();
    const url = new URL(request.url);
    for (const value of secretValues(process.env, request.headers, url.searchParams))
      this.#secrets.add(value);
    const bodyText = Buffer.from(bytes).toString("utf8");
    const normalised = normaliseRequest(request.method, url, bodyText, [...this.#secrets], this.#settings);
    const hash = hashRequest(normalised);

    const recording = this.#next(hash);
    if (recording !== undefined) {
      return replayResponse(request, recording.response, {
        realtime: this.#settings.realtime,
        onOverrun: () => this.#problems.push(this.#overrun(normalised)),
      });
    }
    if (this.#settings.mode === "replay") return this.#refuse(normalised);

    const fresh: FreshRecording = { hash, request: normalised };
    this.#fresh.push(fresh);
    try {
      const init = bytes.byteLength > 0 ? { body: bytes } : {};
      const upstream = await forward(new Request(request, init));
      fresh.recorder = await recordResponse(request, upstream, started);
      return fresh.recorder.response;
    } catch (error) {
      if (!request.signal.aborted) this.#problems.push(this.#unreachable(request, error));
      throw error;
    }
  }

  escaped(url: URL, method: string): void {
    this.#problems.push(
      new TestkitError(
        "escaped-request",
        `${method} ${url.pathname} went to ${url.host} past the cassette "${this.name}": its client keeps a fetch that is older than the cassette. Make the client inside the test, or load "@zixue/testkit/vitest" in setupFiles so that it comes first.`,
        { details: { method, host: url.host, path: url.pathname } },
      ),
    );
  }

  /** Writes what was recorded if the test passed. Throws for requests that were not recorded, whatever the test made of them. */
  async finish(testFailure: { readonly error: unknown } | undefined): Promise<void> {
    const { mode, file, name } = this.#settings;
    const problem = this.#problems[0];
    if (problem !== undefined) {
      if (testFailure !== undefined && problem.cause === undefined) problem.cause = testFailure.error;
      throw problem;
    }
    if (testFailure !== undefined) return;
    if (mode !== "replay") {
      const secrets = [...this.#secrets];
      const added = this.#fresh.flatMap(({ hash, request, recorder }) =>
        recorder === undefined ? [] : [{ hash, request, response: recorder.finish(secrets) }],
      );
      if (added.length > 0) await writeCassette(file, name, [...this.#known, ...added]);
      else if (mode === "refresh") await rm(file, { force: true });
    }
    this.#reportUnused();
  }

  /** Identical requests get their recorded replies in order, then the last one again. */
  #next(hash: string): Recording | undefined {
    const queue = this.#known.filter((recording) => recording.hash === hash);
    const position = this.#played.get(hash) ?? 0;
    this.#played.set(hash, position + 1);
    return queue[Math.min(position, queue.length - 1)];
  }

  /** A 400 rather than a broken connection: no client tries it again. `finish` fails the test in any case. */
  #refuse(request: CassetteRequest): Response {
    const { file } = this.#settings;
    const difference = explainDifference(
      request,
      this.#known.map((recording) => recording.request),
    );
    const what = `${request.method} ${request.path}`;
    const message = [
      difference === undefined
        ? `${what} is not recorded: ${this.#exists ? "the cassette is empty" : "there is no cassette"} at ${shorten(file)}.`
        : `${what} is not recorded in ${shorten(file)}. The nearest recording (${difference.index + 1} of ${this.#known.length}) differs:\n${difference.text}`,
      "If the request is meant: ZIXUE_CASSETTES=record adds what is missing, ZIXUE_CASSETTES=refresh records the test anew. In CI cassettes are only replayed.",
    ].join("\n");
    const details = { file, request };
    this.#problems.push(new TestkitError("unrecorded-request", message, { details }));
    return Response.json(
      { error: { message, type: "unrecorded_request", code: "unrecorded_request", param: null } },
      { status: 400, headers: { "x-should-retry": "false" } },
    );
  }

  #overrun(request: CassetteRequest): TestkitError {
    return new TestkitError(
      "unrecorded-request",
      `The client left ${request.method} ${request.path} early when it was recorded, and now reads on: the rest is not in ${shorten(this.#settings.file)}. Record the test anew with ZIXUE_CASSETTES=refresh.`,
      { details: { file: this.#settings.file, request } },
    );
  }

  #unreachable(request: Request, cause: unknown): TestkitError {
    const { host, pathname } = new URL(request.url);
    return new TestkitError(
      "unrecorded-request",
      `${request.method} ${pathname} could not be recorded: ${host} did not answer (${(cause as Error)?.message}). Nothing was written.`,
      { cause, details: { host } },
    );
  }

  #reportUnused(): void {
    if (this.#settings.unused === "ignore") return;
    const counts = new Map<string, number>();
    const unused = this.#known.flatMap(({ hash, request }, i) => {
      const n = counts.get(hash) ?? 0;
      counts.set(hash, n + 1);
      return n < (this.#played.get(hash) ?? 0) ? [] : [`${i + 1} (${request.method} ${request.path})`];
    });
    if (unused.length === 0) return;
    const message = `${unused.length} of ${this.#known.length} recordings in ${shorten(this.#settings.file)} were not used: ${unused.join(", ")}. ZIXUE_CASSETTES=refresh removes what is no longer asked for.`;
    if (this.#settings.unused === "fail") throw new TestkitError("unused-recordings", message);
    console.warn(message);
  }
}
