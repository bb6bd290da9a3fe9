import { DynamicStructuredTool } from "@langchain/core/tools";
import { z } from "zod";
import { AgentError } from "../errors.ts";
import { positiveInteger } from "./bounds.ts";
import { decodePage } from "./fetch/decode-page.ts";
import { type GetResult, getBytes } from "./fetch/get-bytes.ts";
import type { PageText } from "./fetch/html-to-text.ts";
import { addressList } from "./fetch/public-address.ts";
import { type Lookup, type Reach, resolvePublic, systemLookup } from "./fetch/resolve-public.ts";
import { unlessAborted } from "./unless-aborted.ts";

export interface FetchPageOptions {
  /** Addresses or networks that may be fetched although they are not public, such as `10.1.0.0/16`. @default none */
  readonly allow?: readonly string[];
  /** Only pages of these hosts and of hosts under them. @default any host */
  readonly domains?: readonly string[];
  /** @default [80, 443] */
  readonly ports?: readonly number[];
  /** Time for one page, redirects included. @default 15000 */
  readonly milliseconds?: number;
  /** Bytes read of one page, after decompression; the rest is left out with a notice. @default 2000000 */
  readonly bytes?: number;
  /** Resolves host names; every address it returns is checked. @default the system's resolver */
  readonly lookup?: Lookup;
}

/** What programs get beside the text. */
export interface FetchedPage {
  /** After redirects. */
  readonly url: string;
  readonly title: string;
  readonly contentType: string;
  readonly wasCut: boolean;
}

/**
 * A tool that reads public web pages as text. It reaches only http and https on the allowed ports, and only public
 * addresses: each name is resolved once, every address of it is checked, and the connection goes to what was checked;
 * each redirect (at most five) is checked the same way. Results are marked as untrusted, so the agent fences them.
 *
 * A page's address can carry data out of the conversation: with `domains`, or with `approvals`, that can be narrowed.
 *
 * @throws AgentError `invalid-definition`; in a call `fetch-refused` or `fetch-failed`
 * @example defineAgent({ name: "reader", model, tools: [fetchPage({ domains: ["wikipedia.org"] })] })
 */
export function fetchPage(options: FetchPageOptions = {}): DynamicStructuredTool {
  const milliseconds = positiveInteger("fetchPage", "milliseconds", options.milliseconds ?? 15_000);
  const bytes = positiveInteger("fetchPage", "bytes", options.bytes ?? 2_000_000);
  const reach = reachOf(options);
  return new DynamicStructuredTool({
    name: "fetch_page",
    metadata: { effect: "read", untrusted: true },
    description: `Reads one public web page (HTML, text or JSON) and returns its text, with links as absolute addresses.${reach.domains ? ` Only pages of ${reach.domains.join(", ")}.` : ""}`,
    schema: z.object({ url: z.string().max(4_096).describe("For example https://example.com/page") }),
    responseFormat: "content_and_artifact",
    func: async ({ url }: { url: string }, _manager, config): Promise<[string, FetchedPage]> => {
      const timeout = AbortSignal.timeout(milliseconds);
      const signal = config?.signal ? AbortSignal.any([config.signal, timeout]) : timeout;
      try {
        const page = await follow(parseUrl(url), reach, bytes, signal);
        return await present(page.url, page.result);
      } catch (error) {
        if (config?.signal?.aborted || !timeout.aborted) throw error;
        throw new AgentError(
          "fetch-failed",
          `The page took longer than ${milliseconds} ms. Try another page, or try again later.`,
          { cause: error },
        );
      }
    },
  });
}

const MAX_REDIRECTS = 5;

function reachOf({ allow = [], domains, ports = [80, 443], lookup = systemLookup }: FetchPageOptions): Reach {
  const invalid = (why: string) => new AgentError("invalid-definition", `fetchPage: ${why}.`);
  if (ports.length === 0 || ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535))
    throw invalid(`ports must be numbers from 1 to 65535, got [${ports.join(", ")}]`);
  const wrong = domains?.find((domain) => !/^[^\s/:*@]+$/.test(domain) || domain.startsWith("."));
  if (wrong !== undefined)
    throw invalid(`domains must be host names such as "wikipedia.org", got "${wrong}"`);
  try {
    return {
      allowed: addressList(allow),
      ports,
      domains: domains?.map((domain) => new URL(`http://${domain}`).hostname),
      lookup,
    };
  } catch (error) {
    throw invalid(`allow: ${(error as Error).message}`);
  }
}

function parseUrl(text: string): URL {
  const trimmed = text.trim();
  if (URL.canParse(trimmed)) return new URL(trimmed);
  throw new AgentError(
    "fetch-refused",
    `"${trimmed.slice(0, 200)}" is not a complete URL. It must begin with https:// or http://.`,
  );
}

async function follow(
  start: URL,
  reach: Reach,
  bytes: number,
  signal: AbortSignal,
): Promise<{ url: URL; result: GetResult }> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const addresses = await unlessAborted(resolvePublic(url, reach), signal);
    const result = await getBytes(url, addresses, {
      bytes,
      signal,
      accepts: (type) => kindOf(type) !== undefined,
    });
    if (!REDIRECTS.has(result.status) || result.location === undefined) {
      checkResult(url, result);
      return { url, result };
    }
    if (!URL.canParse(result.location, url.href))
      throw new AgentError("fetch-failed", `${url.host} redirects to something that is no URL.`);
    url = new URL(result.location, url);
  }
  throw new AgentError("fetch-failed", `${start.host} redirects more than ${MAX_REDIRECTS} times.`);
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

function checkResult(url: URL, { status, contentType }: GetResult): void {
  if (status < 200 || status >= 300) {
    const advice = status === 404 || status === 410 ? " There is no such page; check the address." : "";
    throw new AgentError("fetch-failed", `${url.host} answered with status ${status}.${advice}`, {
      details: { status },
    });
  }
  if (kindOf(contentType) === undefined) {
    throw new AgentError(
      "fetch-failed",
      `${url.host} sent ${contentType.slice(0, 100)}. Only HTML, text and JSON can be read.`,
      { details: { contentType } },
    );
  }
}

/** How a content type is read, or undefined when it is not. A server that names none mostly sends HTML or text. */
function kindOf(contentType: string): "html" | "text" | undefined {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (type === "" || type === "text/html" || type === "application/xhtml+xml") return "html";
  if (/^text\/|^application\/([\w.+-]*\+)?(json|xml|yaml)$|^application\/(x-ndjson|javascript)$/.test(type))
    return "text";
  return undefined;
}

async function present(url: URL, { bytes, contentType, wasCut }: GetResult): Promise<[string, FetchedPage]> {
  const isHtml = kindOf(contentType) === "html";
  const source = decodePage(bytes, contentType, isHtml, wasCut);
  if (source.includes("\0"))
    throw new AgentError(
      "fetch-failed",
      `${url.host} sent binary data. Only HTML, text and JSON can be read.`,
    );
  const page = isHtml && /<[a-z!]/i.test(source) ? await textOf(source, url) : plain(source);
  const isCut = wasCut || page.wasCut;
  const head = [`URL: ${url.href}`, page.title && `Title: ${page.title}`].filter(Boolean).join("\n");
  const body =
    page.text === "" ? "(The page has no text. It may need JavaScript to show anything.)" : page.text;
  const notice = isCut ? "\n\n… The page is longer; the rest was not read." : "";
  return [`${head}\n\n${body}${notice}`, { url: url.href, title: page.title, contentType, wasCut: isCut }];
}

/** The parser is loaded with the first page. */
async function textOf(html: string, url: URL): Promise<PageText> {
  const { htmlToText } = await import("./fetch/html-to-text.ts");
  return htmlToText(html, url);
}

function plain(text: string): PageText {
  return { title: "", text: text.replace(/^\uFEFF/, "").trim(), wasCut: false };
}
