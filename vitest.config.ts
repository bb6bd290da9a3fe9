import { defineConfig } from "vitest/config";

const skip = ["**/node_modules/**", "**/dist/**"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "packages/*/tests/**/*.test.ts",
            "apps/*/tests/**/*.test.ts",
            "examples/**/*.test.ts",
            "tests/**/*.test.ts",
          ],
          exclude: [...skip, "**/*.browser.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Real Chromium: one file at a time, since a page under load is a slow page.
        test: {
          name: "browser",
          include: ["**/tests/**/*.browser.test.ts"],
          exclude: skip,
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
