/** Rules of the house that no compiler or linter holds. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const filesUnder = (dir: string): string[] =>
  readdirSync(join(root, dir), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const sources = filesUnder("src");
const tests = ["src", "sim", "e2e", "scenarios", "scripts", "hostile", "torture"]
  .flatMap(filesUnder)
  .filter((file) => file.endsWith(".test.ts") || file.endsWith(".test.tsx"));
/** The ids that titles begin with: `it("[LOG2] …`, `it.each(…)("[LOG2] …`. A list of ids elsewhere proves nothing. */
const proved = new Set(
  tests.flatMap((file) =>
    [...read(file).matchAll(/(?:\b(?:it|test)|\))\(\s*["'`]((?:\[[A-Z]+\d+\] ?)+)/g)].flatMap((match) =>
      [...(match[1] as string).matchAll(/[A-Z]+\d+/g)].map(String),
    ),
  ),
);

const isTestOnly = (file: string): boolean => /\.test\.tsx?$|\.testing\.ts$|test-kit|test-main|dev\/|\/testing\//.test(file);

describe("the house", () => {
  it("no source reads the time of the machine but its clock adapters", () => {
    const offenders = sources.filter((file) => !isTestOnly(file) && /new Date\(\)/.test(read(file)));
    expect(offenders).toEqual([]);
  });

  it("the shipped roots know no movable clock, and no limits but their own", () => {
    const shipped = sources.filter((file) => !isTestOnly(file));
    const offenders = shipped.filter((file) => /movable-?clock|BESIDE_TEST_/i.test(read(file)));
    expect(offenders).toEqual([]);
  });

  it("every rule of the protocol is named by a test", () => {
    const rules = [...read("docs/protocol.md").matchAll(/^- ([A-Z]+\d+) /gm)].map((match) => match[1] as string);
    expect(rules.length).toBeGreaterThan(30);
    expect(rules.filter((rule) => !proved.has(rule))).toEqual([]);
  });

  it("every rule of the bond that is built is named by a test", () => {
    const built = [...read("docs/bond-coverage.md").matchAll(/^\| ([A-Z]+\d+) \|/gm)].map((match) => match[1] as string);
    expect(built.length).toBeGreaterThan(10);
    expect(built.filter((rule) => !proved.has(rule))).toEqual([]);
  });

  it("keeps addresses of downloads out of the lockfile", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
  });
});
