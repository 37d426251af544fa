/** The machine under the bench: cores, where processes are pinned, what a process has used, how fast the disk syncs. */
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
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

/** Fields of /proc/stat and /proc/PID/stat, from the first number on, in ticks. */
const ticksOf = (path: string, from: number): readonly number[] => {
  const text = readFileSync(path, "utf8").split("\n", 1)[0] ?? "";
  return text
    .slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/)
    .slice(from)
    .map(Number);
};

/**
 * How much of all cores went to others than this process and those it started, from now until the returned function is
 * called after they ended; 0 to 1. A machine that is also busy with something else measures that as well.
 */
export const watchOthers = (): (() => number) => {
  const sample = () => {
    // user, nice, system, idle, waiting for the disk, interrupts twice, taken by the host of this virtual machine
    const all = ticksOf("/proc/stat", 1).slice(0, 8);
    const total = all.reduce((sum, ticks) => sum + ticks, 0);
    // Fields 14 to 17: own user and system time, then that of all who ended.
    const own = ticksOf("/proc/self/stat", 11)
      .slice(0, 4)
      .reduce((sum, ticks) => sum + ticks, 0);
    return { total, busy: total - (all[3] ?? 0) - (all[4] ?? 0), own };
  };
  const before = sample();
  return () => {
    const after = sample();
    return Math.max(0, (after.busy - before.busy - (after.own - before.own)) / Math.max(1, after.total - before.total));
  };
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
