/**
 * `npm run torture -- --cycles N [--seed S]`: kills a real relay N times under load, and checks from outside that nothing
 * acknowledged was lost, nothing fired early or twice, and all that was due fired (torture.ts). Ends with a failure otherwise.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../src/cli/adapters/clock.ts";
import { killAll } from "../src/relay/process-test-kit.ts";
import { torture } from "./torture.ts";
import { wrongKinds } from "./wrong.ts";

const { values } = parseArgs({ options: { cycles: { type: "string" }, seed: { type: "string" } } });
const cycles = Number(values.cycles ?? 100);
const seed = Number(values.seed ?? 1);
const folder = mkdtempSync(join(tmpdir(), "beside-torture-"));
process.once("exit", () => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const from = systemClock.monotonic();
const { vigils, fired, entries, atStart, wrongs } = await torture({ cycles, seed, folder, tell: print });
const minutes = ((systemClock.monotonic() - from) / 60_000).toFixed(1);
print(`seed ${seed}: ${minutes} minutes, ${entries} entries, ${fired} rungs fired, ${atStart} kills before it listened`);
print(`${cycles} cycles, ${vigils} vigils, ${wrongKinds.map((kind) => `${wrongs.filter((one) => one.kind === kind).length} ${kind}`).join(", ")}`);
process.exitCode = wrongs.length === 0 ? 0 : 1;
