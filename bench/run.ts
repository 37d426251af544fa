/**
 * `npm run bench [-- --json] [--only NAME] [--runs N] [--quick] [--profile DIR]`: what the relay and the app reach on this
 * machine, beside what is asked of them and what else runs here. docs/bench.md says what each row measures.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { facts, watchOthers } from "./machine.ts";
import type { Row, RowOptions } from "./row.ts";
import { rows } from "./rows.ts";
import { renderTable, summary, type Figure } from "./table.ts";

const usage = `npm run bench [-- --json] [--only ${rows.map(({ name }) => name).join("|")}] [--runs N] [--quick] [--profile DIR]`;

const fail = (why: string): never => {
  process.stderr.write(`bench: ${why}. Usage: ${usage}\n`);
  process.exit(2);
};

const readArgs = () => {
  try {
    return parseArgs({
      options: { json: { type: "boolean" }, only: { type: "string" }, runs: { type: "string" }, quick: { type: "boolean" }, profile: { type: "string" } },
    }).values;
  } catch (error) {
    return fail(error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unreadable flags");
  }
};

const args = readArgs();
const runs = Number(args.runs ?? (args.quick ? 2 : 5));
if (!Number.isSafeInteger(runs) || runs < 1 || runs > 100) fail("--runs wants a number from 1 to 100");
const chosen = rows.filter(({ name }) => args.only === undefined || name === args.only);
if (chosen.length === 0) fail("--only wants the name of a row");

const path = fileURLToPath(new URL("./row-process.ts", import.meta.url));

/** No row takes as long as this; one that does has lost something it waits for. */
const rowLimit = 900_000;

const runRow = ({ name, limit }: Row, options: RowOptions): Promise<readonly Figure[]> =>
  new Promise((resolve, reject) => {
    const child = fork(path, [name, JSON.stringify(options)], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    // Relays of a row say there that they listen; only a row that failed is worth reading.
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
    let figures: readonly Figure[] | undefined;
    const late = setTimeout(() => child.kill("SIGTERM"), limit ?? rowLimit);
    child.on("message", (message) => ({ figures } = message as { figures: readonly Figure[] }));
    child.once("close", (code, signal) => {
      clearTimeout(late);
      if (figures) resolve(figures);
      else reject(new Error(`row ${name} ended with ${code ?? signal}\n${said}`));
    });
  });

const began = performance.now();
const figures: Figure[] = [];
const failed: string[] = [];
for (const row of chosen) {
  const { name, unpinned } = row;
  const from = performance.now();
  process.stderr.write(`${name} … `);
  try {
    const othersTook = watchOthers();
    const measured = await runRow(row, { runs, quick: args.quick ?? false, profile: args.profile });
    const others = othersTook();
    // A browser's processes do not all end as children of ours: theirs would be counted as others'.
    figures.push(...measured.map((figure) => (unpinned ? figure : { ...figure, others })));
  } catch (error) {
    failed.push(error instanceof Error ? error.message : String(error));
  }
  process.stderr.write(`${((performance.now() - from) / 1000).toFixed(0)} s\n`);
}

const about = {
  ...facts(),

  runs,
  quick: args.quick ?? false,
  seconds: Math.round((performance.now() - began) / 1000),
};
if (args.json) process.stdout.write(`${JSON.stringify({ about, figures: figures.map(summary), failed }, null, 2)}\n`);
else {
  const pins = about.pinned ? "relay on one core, load on another" : "no core of its own for anyone (taskset is not here)";
  process.stdout.write(renderTable(figures));
  process.stdout.write(
    `\nmedians of ${runs} runs; ${about.cores} cores (${about.cpu}), ${about.memoryGiB} GiB, node ${about.node}; ${pins}; others: what other processes took of all cores; ${about.seconds} s\n`,
  );
  for (const why of failed) process.stdout.write(`FAILED: ${why}\n`);
}
process.exitCode = failed.length === 0 ? 0 : 1;
