/** One row, alone in a process, on the load's core unless it drives browsers. Its figures go to the parent that started it. */
import { loadCore, settleOn } from "./machine.ts";
import type { RowOptions } from "./row.ts";
import { rows } from "./rows.ts";

const [name, options] = process.argv.slice(2);
const row = rows.find((one) => one.name === name);
if (!row || options === undefined || !process.send || !process.connected) throw new Error("a row runs under bench/run.ts");
if (!row.unpinned) settleOn(loadCore, process.pid);
// However it ends, what it started and wrote goes with it: on "exit".
process.on("disconnect", () => process.exit());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const figures = await row.run(JSON.parse(options) as RowOptions);
process.send({ figures });
process.disconnect?.();
