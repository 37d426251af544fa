/** Starts the bench's relay on its core, asks the system what it uses, and ends it. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Limits } from "../src/relay/core/limits.ts";
import { measuredCore, processorTimeOf, residentOf, settleOn } from "./machine.ts";

export interface RelaySettings {
  readonly data: string;
  /** A free one when absent. */
  readonly port?: number;
  readonly web?: string;
  readonly limits?: Partial<Limits>;
  /** Its clock is so many days late at first. */
  readonly daysAgo?: number;
  /** A folder for a processor profile, written when the relay ends. */
  readonly profile?: string | undefined;
}

export interface Relay {
  readonly port: number;
  readonly pid: number;
  /** Seconds of processor so far. */
  processorTime(): number;
  /** Bytes. */
  resident(): number;
  /** A day passes at once. */
  nextDay(): Promise<void>;
  /** Collects its garbage now; what its heap holds after it, in bytes. */
  collect(): Promise<NodeJS.MemoryUsage>;
  stop(): Promise<void>;
}

/** For rows that say more on one line than any two people do: the relay's count of appends stays out of the way. */
export const unpaced: Partial<Limits> = { append: { perSecond: 1e9, burst: 1e9 } };

const path = fileURLToPath(new URL("./relay-process.ts", import.meta.url));

export const startRelay = async (settings: RelaySettings): Promise<Relay> => {
  const { profile, ...rest } = settings;
  const child = fork(path, [JSON.stringify(rest)], {
    execArgv: ["--expose-gc", ...(profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`])],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  settleOn(measuredCore, child.pid);
  const { port } = await answerOf<{ port: number }>(child);
  const pid = child.pid as number;
  return {
    port,
    pid,
    processorTime: () => processorTimeOf(pid),
    resident: () => residentOf(pid),
    async nextDay() {
      child.send("next day");
      await answerOf<{ daysAgo: number }>(child);
    },
    async collect() {
      child.send("gc");
      return (await answerOf<{ collected: NodeJS.MemoryUsage }>(child)).collected;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.send("stop");
      const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(late);
    },
  };
};

const answerOf = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the relay ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (answer) => {
      child.off("exit", ended);
      resolve(answer as T);
    });
  });
