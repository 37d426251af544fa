import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    // One core less is the default: on the two that these tests are measured by, they would go one by one.
    maxWorkers: "100%",
    maxConcurrency: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "sim/**/*.test.ts", "corpus/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["**/*.process.test.ts"],
          testTimeout: 60_000,
        },
      },
      { extends: true, test: { name: "process", include: ["src/**/*.process.test.ts", "scenarios/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 60_000 } },
      { extends: true, test: { name: "browser", include: ["e2e/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
