/** The machine under the bench: cores, where processes are pinned, what a process has used, how fast the disk syncs. */
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { percentile } from "./table.ts";

/** What is measured has the first core for itself, what measures the second. */
export const measuredCore = 0;
export const loadCore = 1;

const taskset = "taskset";
const canPin = availableParallelism() > 1 && spawnSync(taskset, ["--version"], { stdio: "ignore" }).status === 0;

/** Holds a process, with all its threads, to one core, where `taskset` is there. */
export const settleOn = (core: number, pid: number | undefined): void => {
  if (canPin && pid !== undefined) spawnSync(taskset, ["-a", "-c", "-p", String(core), String(pid)], { stdio: "ignore" });
};

export const facts = () => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? "unknown",
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  pinned: canPin,
});

/** Processes that wanted a core during the last minute: over the number of cores, figures suffer from what else runs here. */
export const load = (): number => loadavg()[0] ?? 0;

/** Resident memory of another process, in bytes. */
export const residentOf = (pid: number): number => {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(found?.[1]) * 1024;
};

const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Processor time another process has used so far, user and system, in seconds. Says what the work costs even when others take the core. */
export const processorTimeOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold spaces: fields are counted after it. 14 and 15 are user and system time.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

/** p50 of appending 256 B and fsync in this folder, in milliseconds. */
export const fsyncIn = (folder: string, times = 200): number => {
  const path = join(folder, "fsync-probe");
  const file = openSync(path, "w", 0o600);
  const block = Buffer.alloc(256, 7);
  const taken: number[] = [];
  try {
    for (let i = 0; i < times; i++) {
      const before = performance.now();
      writeSync(file, block);
      fsyncSync(file);
      taken.push(performance.now() - before);
    }
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
  return percentile(taken, 0.5);
};
