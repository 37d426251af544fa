/**
 * `npm run scenario -- 000|001|002|003|004|all [--json]`: plays seeds, one line a beat, and counts them at the end. Ends
 * with 0 only when every beat that runs passed. `node scenarios/run.ts --write-docs` writes docs/seeds.md instead.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { scenarios } from "./all.ts";
import { count, play, type Told } from "./play.ts";
import { seedsPage } from "./seeds-page.ts";

const usage = "scenario: which one? 000, 001, 002, 003, 004 or all; with --json for programs";

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({ options: { json: { type: "boolean" }, "write-docs": { type: "boolean" } }, allowPositionals: true });
  if (values["write-docs"] === true) {
    writeFileSync(fileURLToPath(new URL("../docs/seeds.md", import.meta.url)), seedsPage(scenarios));
    return 0;
  }
  const chosen = scenarios.filter(({ seed }) => positionals.includes(seed) || positionals.includes("all"));
  if (chosen.length === 0 || positionals.some((one) => one !== "all" && !chosen.some(({ seed }) => seed === one))) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const tell = values.json === true ? (told: Told): string => JSON.stringify(told) : lineOf;
  const all: Told[] = [];
  for (const scenario of chosen) {
    for await (const told of play(scenario)) {
      all.push(told);
      process.stdout.write(`${tell(told)}\n`);
    }
  }
  const [failed, notYet] = (["FAILED", "not yet"] as const).map((how) => all.filter((told) => told.how === how).length) as [number, number];
  const last = values.json === true ? JSON.stringify({ beats: { run: all.length - notYet, notYet, failed } }) : count(all);
  process.stdout.write(`${last}\n`);
  return failed === 0 ? 0 : 1;
};

const lineOf = ({ seed, rules, says, how, seen }: Told): string =>
  `${how.padEnd(8)} ${seed} ${rules.join(" ").padEnd(12)} ${says}${seen === undefined ? "" : `\n${seen.replaceAll(/^/gm, "           ")}`}`;

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))) throw error;
  process.stderr.write(`${usage}\n`);
  return 2;
});
