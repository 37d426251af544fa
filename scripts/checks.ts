/** What `npm test` and `npm run verify` are made of: each check has a name, and passes or says why not. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./web.ts";

export interface Tally {
  passed: number;
  failed: number;
}

const bin = (name: string): string => join(root, "node_modules", ".bin", name);

const check = (tally: Tally, name: string, command: string, args: readonly string[]): void => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status === 0) tally.passed++;
  else tally.failed++;
  process.stdout.write(`${status === 0 ? "ok" : "FAILED"}: ${name}\n`);
};

export const runStatic = (tally: Tally): void => {
  check(tally, "types (project references as walls)", bin("tsc"), ["--build"]);
  check(tally, "lint", bin("oxlint"), ["--type-aware"]);
  check(tally, "format", bin("oxfmt"), ["--check"]);
  check(tally, "nothing unused", bin("knip"), []);
};

/** Runs Vitest projects and counts their tests from its own report. */
export const runTests = (tally: Tally, projects: readonly string[]): void => {
  const dir = mkdtempSync(join(tmpdir(), "beside-test-"));
  const report = join(dir, "report.json");
  const args = ["run", ...projects.flatMap((project) => ["--project", project]), "--reporter=default", "--reporter=json", `--outputFile=${report}`];
  const { status } = spawnSync(bin("vitest"), args, { cwd: root, stdio: "inherit" });
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      success: boolean;
    };
    tally.passed += numPassedTests;
    tally.failed += numFailedTests;
    // A file that did not load, or an error outside a test, is a failure too.
    if (numFailedTests === 0 && (!success || status !== 0)) tally.failed++;
  } else {
    tally.failed++;
  }
  rmSync(dir, { recursive: true, force: true });
};

export const finish = ({ passed, failed }: Tally): void => {
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
};
