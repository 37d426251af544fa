/** Real processes of a scenario: what they print is waited for, never slept for, and each is ended by its own handle. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bounded, isLike } from "./like.ts";

const roots = {
  relay: fileURLToPath(new URL("../../src/relay/test-main.ts", import.meta.url)),
  terminal: fileURLToPath(new URL("../../src/cli/test-main.ts", import.meta.url)),
};
/** Where the shipped command keeps what it compiled, too: a run after the first begins several times faster. */
const compiled = fileURLToPath(new URL("../../node_modules/.cache/beside", import.meta.url));

export type Line = Readonly<Record<string, unknown>>;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: readonly Line[];
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** All JSON lines so far. */
  lines(): readonly Line[];
  /** The first line, printed already or to come, that is like this. */
  line(wanted: unknown): Promise<Line>;
  /** Until this was printed, in whatever form. */
  prints(wanted: RegExp): Promise<void>;
  /** A line on standard input; more may follow. */
  answers(line: string): void;
  finish(input?: string): Promise<Ended>;
  end(signal: NodeJS.Signals): Promise<Ended>;
  /** One that does not end it. */
  signal(signal: NodeJS.Signals): void;
}

export const startProcess = (root: keyof typeof roots, args: readonly string[], environment: Readonly<Record<string, string>>): Running => {
  const child = spawn(process.execPath, [roots[root], ...args], {
    env: { ...process.env, TZ: "UTC", LC_ALL: "C", BESIDE_RELAY: undefined, NODE_COMPILE_CACHE: compiled, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let over = false;
  const waiting = new Set<() => void>();
  const changed = (): void => [...waiting].forEach((look) => look());
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    changed();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  // A process that takes no input leaves the pipe.
  child.stdin.on("error", () => undefined);

  const lines = (): Line[] =>
    stdout
      .split("\n")
      .slice(0, -1)
      .flatMap((text) => (text.startsWith("{") ? [JSON.parse(text) as Line] : []));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      over = true;
      resolve({ code, stdout, stderr, lines: lines() });
      changed();
    });
  });
  const seen = (): string => `${args.join(" ")}\n${stdout.slice(-2000)}${stderr.slice(-1000)}`;

  return {
    ended,
    lines,
    line: (wanted) =>
      bounded(
        new Promise((resolve, reject) => {
          const look = (): void => {
            const found = lines().find((line) => isLike(line, wanted));
            if (!found && !over) return;
            waiting.delete(look);
            if (found) resolve(found);
            else reject(new Error(`it ended without a line like ${JSON.stringify(wanted)}: ${seen()}`));
          };
          waiting.add(look);
          look();
        }),
        () => `no line like ${JSON.stringify(wanted)} came: ${seen()}`,
      ),
    prints: (wanted) =>
      bounded(
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (!wanted.test(stdout) && !over) return;
            waiting.delete(look);
            if (wanted.test(stdout)) resolve();
            else reject(new Error(`it ended without ${wanted.source}: ${seen()}`));
          };
          waiting.add(look);
          look();
        }),
        () => `nothing like ${wanted.source} was printed: ${seen()}`,
      ),
    answers: (line) => child.stdin.write(`${line}\n`),
    finish: (input) => {
      child.stdin.end(input);
      return bounded(ended, () => `it did not end: ${seen()}`);
    },
    signal: (signal) => void child.kill(signal),
    end: (signal) => {
      child.kill(signal);
      return bounded(ended, () => `it did not end at ${signal}: ${seen()}`);
    },
  };
};
