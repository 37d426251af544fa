/**
 * Proves that tests would notice: breaks the source on purpose, one break at a time, in a copy that is thrown away, and
 * runs the one test that has to turn red.
 *
 * - Each named test must be green before anything is broken, else its red means nothing.
 * - Red is an assertion that failed in the named test. A file that does not load, a name that no test has, a mistake in
 *   the break itself (a TypeError, say) and a test that only ran out of time prove nothing.
 * - The text of a break must be there exactly once: a list that has fallen behind the source fails, it does not pass.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Break } from "./breaks.ts";

export interface Tried {
  readonly one: Break;
  /** `red` is as it should be; all else fails, and `why` says more. */
  readonly verdict: "red" | "GREEN" | "mend the list" | "not green before" | "no proof";
  readonly why: string;
  readonly seconds: number;
}

/** Far more than any of these tests takes. */
const longest = 180_000;
const left = new Set(["node_modules", ".git", ".build", "dist", "data"]);

/** Tries them in order and tells of each as it is done. The project at `root` is only read. */
export const tryBreaks = async (root: string, breaks: readonly Break[], tell: (tried: Tried) => void = () => undefined): Promise<readonly Tried[]> => {
  const copy = copyOf(root);
  try {
    const before = await runTests(copy, breaks);
    const all: Tried[] = [];
    for (const one of breaks) {
      const tried = await tryOne(copy, one, before);
      all.push(tried);
      tell(tried);
    }
    return all;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

const copyOf = (root: string): string => {
  // The reports name real paths.
  const copy = realpathSync(mkdtempSync(join(tmpdir(), "beside-sabotage-")));
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path)) });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "dir");
  return copy;
};

const tryOne = async (copy: string, one: Break, before: Report): Promise<Tried> => {
  const began = performance.now();
  const tried = (verdict: Tried["verdict"], why = ""): Tried => ({ one, verdict, why, seconds: (performance.now() - began) / 1000 });

  const { why: notGreen } = outcomeOf(before, one);
  if (notGreen !== "passed") return tried("not green before", notGreen);
  const path = join(copy, one.file);
  const source = existsSync(path) ? readFileSync(path, "utf8") : "";
  const broken = edit(source, one);
  if ("miss" in broken) return tried("mend the list", `${one.file} has ${broken.times} times, not once:\n${broken.miss}`);
  writeFileSync(path, broken.text);
  const after = outcomeOf(await runTests(copy, [one]), one);
  writeFileSync(path, source);
  if (after.why === "passed") return tried("GREEN", "no test saw it");
  return after.byAssertion ? tried("red") : tried("no proof", after.why);
};

type Edited = { readonly text: string } | { readonly miss: string; readonly times: number };

const edit = (source: string, { edits }: Break): Edited => {
  let text = source;
  for (const [find, replace] of edits) {
    const parts = text.split(find);
    if (parts.length !== 2) return { miss: find, times: parts.length - 1 };
    text = parts.join(replace);
  }
  return { text };
};

/** What of the runner's own report is looked at. */
interface Report {
  readonly copy: string;
  readonly trouble: string;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string; readonly failureMessages: readonly string[] | null }[];
  }[];
}

/** One run of the named tests and no others. */
const runTests = (copy: string, breaks: readonly Break[]): Promise<Report> => {
  const report = join(copy, "sabotage-report.json");
  rmSync(report, { force: true });
  const files = [...new Set(breaks.map(({ test }) => test.file))];
  const names = [...new Set(breaks.map(({ test }) => test.name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")))];
  const args = [
    "run",
    ...files,
    "--root",
    copy,
    "--project",
    "unit",
    "--project",
    "process",
    "-t",
    names.join("|"),
    "--reporter=json",
    `--outputFile=${report}`,
  ];
  // Nothing is kept between runs: neither a broken module nor what was learned of the broken copy.
  const child = spawn(process.execPath, [join(copy, "node_modules", "vitest", "vitest.mjs"), ...args, "--no-cache", "--no-fsModuleCache"], {
    cwd: copy,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"))),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const tooLong = setTimeout(() => child.kill("SIGTERM"), longest);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(tooLong);
      const { testResults } = existsSync(report) ? (JSON.parse(readFileSync(report, "utf8")) as Report) : { testResults: [] };
      resolve({ copy, trouble: stderr.trim().slice(0, 500), testResults });
    });
  });
};

/** `why` is "passed", or what is wrong in a few words. */
const outcomeOf = ({ copy, trouble, testResults }: Report, { test }: Break): { readonly why: string; readonly byAssertion: boolean } => {
  const file = testResults.find(({ name }) => name === join(copy, test.file));
  const ran = file?.assertionResults.filter(({ title, status }) => title.startsWith(test.name) && (status === "passed" || status === "failed")) ?? [];
  if (ran.length === 0) return { why: `the test did not run: ${file?.message || trouble || "no test has this name"}`, byAssertion: false };
  const messages = ran.flatMap(({ failureMessages }) => failureMessages ?? []);
  if (ran.every(({ status }) => status === "passed")) return { why: "passed", byAssertion: false };
  return { why: messages[0]?.split("\n").slice(0, 3).join("\n") ?? "failed", byAssertion: messages.some(isAssertion) };
};

/** Tests of whole worlds throw plain errors where what they wait for does not come. */
const isAssertion = (message: string): boolean =>
  /^(?:AssertionError|Error)\b/.test(message) && !/\b(?:Reference|Syntax|Type)Error\b|^Error: Test timed out/.test(message);
