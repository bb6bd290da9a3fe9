import { TestkitError } from "./errors.ts";
import { type Reply, reply as replies } from "./reply.ts";

/**
 * What to answer: a list used in order, or a function that answers from the request.
 * `n` counts the requests to the same endpoint, from 0. A plain string is a text reply.
 */
export type Script<Request> =
  | readonly (Reply | string)[]
  | ((request: Request, n: number) => Reply | string | Promise<Reply | string>);

export interface ScriptPlayer<Request> {
  /** The next reply. Throws a TestkitError when there is none. */
  next(request: Request): Promise<Reply>;
  /** How many replies of a list have not been asked for. */
  left(): number;
}

export function playScript<Request>(
  script: Script<Request>,
  describe: (request: Request) => string,
): ScriptPlayer<Request> {
  let n = 0;
  const left = () => (typeof script === "function" ? 0 : Math.max(0, script.length - n));
  const next = async (request: Request) => {
    const current = n++;
    if (typeof script !== "function") {
      const scripted = script[current];
      if (scripted !== undefined) return asReply(scripted);
      throw new TestkitError(
        "script-exhausted",
        `The script has ${script.length} ${script.length === 1 ? "reply" : "replies"}, but request number ${current + 1} came: ${describe(request)}. Add a reply, or find out why the code under test asks once more.`,
        { status: 500, details: { replies: script.length, request: current + 1 } },
      );
    }
    const reply = await script(request, current);
    if (reply === undefined || reply === null) {
      throw new TestkitError(
        "invalid-script",
        `The script function returned nothing for request number ${current + 1}: ${describe(request)}. Return a reply for every request.`,
        { status: 500 },
      );
    }
    return asReply(reply);
  };
  return { next, left };
}

function asReply(value: Reply | string): Reply {
  if (typeof value === "string") return replies.text(value);
  if (typeof value === "object" && typeof value.kind === "string") return value;
  throw new TestkitError(
    "invalid-script",
    `A script holds ${JSON.stringify(value)}, which is no reply. Use a string or a builder such as reply.text("…").`,
    { status: 500 },
  );
}
