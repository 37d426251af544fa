/**
 * `npm run sim -- --seeds N [--from S] [--turns T] [--promises]`: lives of many seeds; a failing one prints its trace and replays exactly.
 * With `--promises` there are promises in each of them.
 */
import { parseArgs } from "node:util";
import { hasPromises, liveThrough, turns as turnsOfALife } from "./life.ts";
import { createWorld } from "./world.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "50" },
    from: { type: "string", default: "1" },
    turns: { type: "string", default: String(turnsOfALife) },
    promises: { type: "boolean", default: false },
  },
});
const [seeds, from, turns] = [Number(values.seeds), Number(values.from), Number(values.turns)];
if (![seeds, from, turns].every((number) => Number.isSafeInteger(number) && number >= 0)) {
  process.stderr.write("sim: --seeds, --from and --turns take whole numbers\n");
  process.exit(2);
}

let failed = 0;
const totals: Record<string, number> = {};
for (let seed = from; seed < from + seeds; seed++) {
  const world = createWorld(seed);
  try {
    await liveThrough(world, turns, values.promises || hasPromises(seed));
  } catch (error) {
    failed++;
    process.stdout.write(`seed ${seed}: ${(error as Error).stack}\n`);
    process.stdout.write(
      `${world.trace.slice(-60).join("\n")}\nagain with: npm run sim -- --seeds 1 --from ${seed} --turns ${turns}${values.promises ? " --promises" : ""}\n`,
    );
  }
  for (const [what, count] of Object.entries({ ...world.counts, ...world.network.counts })) totals[what] = (totals[what] ?? 0) + count;
}
process.stdout.write(
  `${Object.entries(totals)
    .map(([what, count]) => `${what} ${count}`)
    .join(", ")}\n`,
);
process.stdout.write(`${seeds - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
