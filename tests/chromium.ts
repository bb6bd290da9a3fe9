import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where the system's Chromium may stand; `CHROMIUM_PATH` goes first. */
const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Path of a Chromium on this machine, or undefined. With `ZIXUE_BROWSER=required` a missing one is an error. */
export function findChromium(): string | undefined {
  const found = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  if (!found && process.env.ZIXUE_BROWSER === "required") {
    throw new Error(
      "No Chromium found, and the browser tests are required. Install chromium or set CHROMIUM_PATH.",
    );
  }
  if (!found)
    console.warn(
      "Skipped: no Chromium found. Install chromium or set CHROMIUM_PATH to run the browser tests.",
    );
  return found;
}

/** Starts a headless Chromium that opens no connection of its own. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
