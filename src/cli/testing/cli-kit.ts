/** Real `beside` processes for tests: homes of their own, a relay, and bounded waits on what they print. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { systemClock } from "../adapters/clock.ts";

export type Line = Record<string, unknown> & { readonly kind?: string };

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of standard output as JSON. */
  readonly json: Line;
}

const roots = { shipped: fileURLToPath(new URL("../main.ts", import.meta.url)), test: fileURLToPath(new URL("../test-main.ts", import.meta.url)) };
const longest = 60_000;

/** All that was started and made here; ended and taken away by `cleanUp`. */
export const createKit = () => {
  const running = new Set<Running>();
  const folders: string[] = [];

  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), "beside-cli-"));
    folders.push(made);
    return made;
  };

  const start = (args: readonly string[], environment: Record<string, string>, root = roots.shipped): Running => {
    const process = startProcess(root, args, environment);
    running.add(process);
    void process.ended.then(() => running.delete(process));
    return process;
  };

  return {
    folder,
    start,
    /** The test root: the same, with a clock that a test moves. */
    startTest: (args: readonly string[], environment: Record<string, string>): Running => start(args, environment, roots.test),

    /** A home of one person; every command runs as a process of its own, with `--json` unless said. */
    person: (home = folder()) => {
      const environment: Record<string, string> = { BESIDE_HOME: home };
      const begin = (...args: string[]): Running => start([...args, "--json"], environment);
      return {
        home,
        environment,
        begin,
        run: (...args: string[]): Promise<Ended> => begin(...args).finish(),
        tell: (input: string | Uint8Array, ...args: string[]): Promise<Ended> => begin(...args).finish(input),
        plain: (...args: string[]): Promise<Ended> => start(args, environment).finish(),
        /** `watch`, once it is connected and as many bonds were told of. */
        watch: async (): Promise<Running> => {
          const watching = begin("watch");
          await watching.line((line) => line.kind === "connection" && line["state"] === "online");
          return watching;
        },
      };
    },

    relay: async (data = folder(), port = 0) => {
      const relay = start(["relay", "--json", "--port", String(port), "--data", data], {});
      const { listening } = await relay.line((line) => typeof line["listening"] === "string");
      const url = String(listening);
      return { url, data, port: Number(new URL(url).port), process: relay };
    },

    cleanUp: async (): Promise<void> => {
      const left = [...running];
      for (const process of left) process.kill("SIGKILL");
      await Promise.all(left.map((process) => process.ended));
      for (const one of folders) rmSync(one, { recursive: true, force: true });
    },
  };
};

export type Kit = ReturnType<typeof createKit>;
export type Person = ReturnType<Kit["person"]>;

export interface Running {
  readonly ended: Promise<Ended>;
  readonly pid: number;
  /** Gives it some input, and no more where that is all. */
  write(input: string, isAll?: boolean): void;
  /** The first JSON line on standard error. */
  problem(): Promise<Line>;
  /** Gives it its input and waits for its end. */
  finish(input?: string | Uint8Array): Promise<Ended>;
  /** The first line, already printed or to come, that is like this; fails after a while, and when it ends without. */
  line(isLike: (line: Line) => boolean): Promise<Line>;
  /** All JSON lines so far. */
  lines(): readonly Line[];
  kill(signal: NodeJS.Signals): void;
}

const startProcess = (root: string, args: readonly string[], environment: Record<string, string>): Running => {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(process.execPath, [root, ...args], {
    env: { ...process.env, TZ: "UTC", LC_ALL: "C", BESIDE_RELAY: undefined, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let over = false;
  const lookers = new Set<() => void>();
  const changed = (): void => [...lookers].forEach((look) => look());
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    changed();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    changed();
  });
  // A process that was killed, or that takes no input, leaves the pipe.
  child.stdin.on("error", () => undefined);

  const lines = (): Line[] =>
    stdout
      .split("\n")
      .slice(0, -1)
      .flatMap((text) => (text.startsWith("{") ? [JSON.parse(text) as Line] : []));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      over = true;
      resolve({
        code,
        stdout,
        stderr,
        get json() {
          const last = lines().at(-1);
          if (!last) throw new Error(`no result; exit ${code}\n${stderr}`);
          return last;
        },
      });
      changed();
    });
  });
  const bounded = <T>(promise: Promise<T>, what: () => string): Promise<T> => {
    let timeout: NodeJS.Timeout;
    const late = new Promise<never>((_, reject) => {
      timeout = setTimeout(() => reject(new Error(`${what()}\n${args.join(" ")}\n${stdout.slice(-3000)}${stderr.slice(-1000)}`)), longest);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timeout));
  };

  return {
    ended,
    pid: child.pid as number,
    lines,
    kill: (signal) => child.kill(signal),
    problem: () =>
      bounded(
        new Promise((resolve) => {
          const look = (): void => {
            const end = stderr.indexOf("\n");
            if (end < 0) return;
            lookers.delete(look);
            resolve(JSON.parse(stderr.slice(0, end)) as Line);
          };
          lookers.add(look);
          look();
        }),
        () => "no problem came",
      ),
    write: (input, isAll = false) => {
      child.stdin.write(input);
      if (isAll) child.stdin.end();
    },
    finish: (input) => {
      child.stdin.end(input);
      return bounded(ended, () => "did not end");
    },
    line: (isLike) =>
      bounded(
        new Promise((resolve, reject) => {
          const look = (): void => {
            const found = lines().find(isLike);
            if (!found && !over) return;
            lookers.delete(look);
            if (found) resolve(found);
            else reject(new Error(`ended without it: ${stdout}${stderr}`));
          };
          lookers.add(look);
          look();
        }),
        () => "the line did not come",
      ),
  };
};

/** Asks again until the answer is like this, at most as long as any wait. */
export const eventually = async <T>(ask: () => Promise<T>, isLike: (answer: T) => boolean): Promise<T> => {
  const end = systemClock.monotonic() + longest;
  for (;;) {
    const answer = await ask();
    if (isLike(answer)) return answer;
    if (systemClock.monotonic() > end) throw new Error(`it stayed ${JSON.stringify(answer)}`);
  }
};

/** Two people at a relay, let in and together. */
export const pair = async (kit: Kit, relay: string, ...show: string[]): Promise<{ readonly ada: Person; readonly ben: Person; readonly link: string }> => {
  const [ada, ben] = [kit.person(), kit.person()];
  const invited = await ada.run("invite", "--name", "Ada", "--relay", relay, ...show);
  const link = String(invited.json["link"]);
  const joining = ben.begin("join", "--name", "Ben", "--wait", "60", ...show);
  const joined = joining.finish(link);
  await eventually(
    () => ada.run("knocks"),
    ({ json }) => (json["knocks"] as unknown[]).length === 1,
  );
  const accepted = await ada.run("accept");
  if (accepted.code !== 0) throw new Error(accepted.stderr);
  const { code, stderr, json } = await joined;
  if (code !== 0 || json["accepted"] !== true) throw new Error(`not together: ${stderr}`);
  return { ada, ben, link };
};
