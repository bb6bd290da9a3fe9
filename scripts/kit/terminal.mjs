// What the bootstrap says on the terminal. Progress goes to stderr, so that stdout carries only a command's result.
const colour = process.stderr.isTTY && !process.env.NO_COLOR;

/** English when the terminal's locale is English, Chinese otherwise: most readers of the course read Chinese. */
export const chinese = !/^en/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "");

export function say(zh, en) {
  const text = chinese ? zh : en;
  process.stderr.write(colour ? `\x1b[36m▸\x1b[0m ${text}\n` : `▸ ${text}\n`);
}

/** Says what happened and what to do next, then exits with 1. */
export function fail(zh, en) {
  const text = chinese ? zh : en;
  process.stderr.write(colour ? `\x1b[31m✗\x1b[0m ${text}\n` : `✗ ${text}\n`);
  process.exit(1);
}
