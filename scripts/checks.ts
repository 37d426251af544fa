/** What `npm test` and `npm run verify` are made of: each check has a name, and passes or says why not. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "./web.ts";

export interface Tally {
  passed: number;
  /** What failed, in words for the last lines of a log: a log of an hour is read from its end, or is kept from there alone. */
  readonly failures: string[];
}

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string; readonly failureMessages: readonly string[] }[];
  }[];
}

export const newTally = (): Tally => ({ passed: 0, failures: [] });

const firstLines = (text: string): string =>
  text
    .split("\n")
    .slice(0, 6)
    .map((line) => `  ${line}`)
    .join("\n");

const bin = (name: string): string => join(root, "node_modules", ".bin", name);

const check = (tally: Tally, name: string, command: string, args: readonly string[]): void => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status === 0) tally.passed++;
  else tally.failures.push(name);
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
  const failures: string[] = [];
  if (existsSync(report)) {
    const { numPassedTests, success, testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
    tally.passed += numPassedTests;
    for (const file of testResults) {
      const name = relative(root, file.name);
      const failed = file.assertionResults.filter((test) => test.status === "failed");
      failures.push(...failed.map((test) => `${name}: ${test.fullName}\n${firstLines(test.failureMessages.join("\n"))}`));
      if (failed.length === 0 && file.message !== "") failures.push(`${name} did not load\n${firstLines(file.message)}`);
    }
    // An error outside of every test is a failure too.
    if (failures.length === 0 && (!success || status !== 0)) failures.push(`${projects.join(", ")}: an error outside of the tests`);
  } else {
    failures.push(`${projects.join(", ")}: Vitest left no report`);
  }
  tally.failures.push(...failures);
  rmSync(dir, { recursive: true, force: true });
};

export const finish = ({ passed, failures }: Tally): void => {
  for (const failure of failures) process.stdout.write(`\nFAILED: ${failure}\n`);
  process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
};
