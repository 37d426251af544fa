import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Whole lives take minutes and their files are the smallest: begun last, they would leave all cores but one with nothing to do. */
class LivesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLives = ({ moduleId }: TestSpecification): boolean => /\/sim\/sim(-\d)?\.test\.ts$/.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLives), ...sorted.filter((file) => !isLives(file))];
  }
}

export default defineConfig({
  test: {
    pool: "forks",
    // One core less is the default: on the two that these tests are measured by, they would go one by one.
    maxWorkers: "100%",
    maxConcurrency: 2,
    sequence: { sequencer: LivesFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "sim/**/*.test.ts", "corpus/**/*.test.ts", "scripts/**/*.test.ts", "torture/**/*.test.ts"],
          exclude: ["**/*.process.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "process",
          include: ["src/**/*.process.test.ts", "scenarios/**/*.test.ts", "hostile/**/*.process.test.ts", "torture/**/*.process.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: "browser", include: ["e2e/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
