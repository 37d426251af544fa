/** A person at a terminal: a home of their own, one process a command, and a `watch` while they look. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isLike, mustBeLike } from "./like.ts";
import { startProcess, type Ended, type Line, type Running } from "./processes.ts";

export interface Kept {
  readonly id: string;
  readonly from: "me" | "other";
  readonly kind: string;
  readonly at: string;
  readonly body: { readonly text?: string; readonly [field: string]: unknown };
}

/** While they look: what `watch` tells, and the two ways to go. */
export interface Looking {
  lines(): readonly Line[];
  /** The first told thing, before or to come, that is like this. */
  hears(wanted: object): Promise<Line>;
  /** Ctrl-C. */
  leaves(): Promise<void>;
  /** The battery is taken out. */
  losesPower(): Promise<void>;
  /** The device is shut in the middle of it, and opened again. */
  sleeps(): void;
  wakes(): void;
}

export interface Terminal {
  readonly name: string;
  readonly home: string;
  /** A command that has to work; its last line of JSON. */
  does(...args: readonly string[]): Promise<Line>;
  /** The same, with this on standard input. */
  tells(input: string, ...args: readonly string[]): Promise<Line>;
  /** A command that may say no: exit code, and what it printed, errors included, each as JSON. */
  tries(input: string, ...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: Line; readonly problem: Line }>;
  /** What a person reads, without `--json`. */
  reads(...args: readonly string[]): Promise<string>;
  /** The same, with this on standard input; it may say no. */
  says(input: string, ...args: readonly string[]): Promise<Ended>;
  /** A command that goes on. */
  begins(...args: readonly string[]): Running;
  looks(): Promise<Looking>;
  /** As `looks`, without `--json`; what a person read by the time of leaving. */
  looksPlainly(): Promise<{ leaves(): Promise<string> }>;
  /** The other, as `status` tells. */
  sees(): Promise<Line>;
  exports(): Promise<{ readonly page: string; readonly entries: readonly Kept[] }>;
  /** Whether these words are anywhere in the files of the home, read as bytes. */
  holds(words: string): boolean;
  end(): Promise<void>;
}

export const createTerminal = (name: string, folder: () => string, clock: string): Terminal => {
  const home = folder();
  const running = new Set<Running>();
  const start = (args: readonly string[]): Running => {
    const one = startProcess("terminal", args, { BESIDE_HOME: home, BESIDE_TEST_CLOCK: clock });
    running.add(one);
    void one.ended.then(() => running.delete(one));
    return one;
  };
  const begins = (...args: readonly string[]): Running => start([...args, "--json"]);
  const worked = (ended: Ended, args: readonly string[]): Line => {
    const last = ended.lines.at(-1);
    if (ended.code !== 0 || !last) throw new Error(`${name}: beside ${args.join(" ")} ended with ${ended.code}\n${ended.stdout}${ended.stderr}`);
    return last;
  };
  const tells = async (input: string, ...args: readonly string[]): Promise<Line> => worked(await begins(...args).finish(input), args);
  const does = (...args: readonly string[]): Promise<Line> => tells("", ...args);

  return {
    name,
    home,
    begins,
    does,
    tells,
    tries: async (input, ...args) => {
      const { code, lines, stderr } = await begins(...args).finish(input);
      const problem = stderr.trim().split("\n").at(-1) ?? "";
      return { code, said: lines.at(-1) ?? {}, problem: problem.startsWith("{") ? (JSON.parse(problem) as Line) : {} };
    },
    says: (input, ...args) => start(args).finish(input),
    reads: async (...args) => {
      const { code, stdout, stderr } = await start(args).finish();
      mustBeLike({ code, stderr }, { code: 0 });
      return stdout;
    },
    looks: async () => {
      const watching = begins("watch");
      await watching.line({ kind: "connection", state: "online" });
      return {
        lines: watching.lines,
        hears: watching.line,
        leaves: async () => mustBeLike((await watching.end("SIGTERM")).code, 0),
        losesPower: async () => void (await watching.end("SIGKILL")),
        sleeps: () => watching.signal("SIGSTOP"),
        wakes: () => watching.signal("SIGCONT"),
      };
    },
    looksPlainly: async () => {
      const watching = start(["watch"]);
      await watching.prints(/Connected to /);
      return { leaves: async () => (await watching.end("SIGTERM")).stdout };
    },
    sees: async () => (await does("status"))["other"] as Line,
    exports: async () => {
      const into = join(folder(), "out");
      await does("export", into);
      const { entries } = JSON.parse(readFileSync(join(into, "bond.json"), "utf8")) as { entries: Kept[] };
      return { page: readFileSync(join(into, "index.html"), "utf8"), entries };
    },
    holds: (words) => readdirSync(home, { withFileTypes: true }).some((file) => file.isFile() && readFileSync(join(home, file.name)).includes(words)),
    end: async () => {
      await Promise.all([...running].map((one) => one.end("SIGKILL")));
    },
  };
};

/** The words that were said, of an export. */
export const textsOf = (entries: readonly Kept[]): string[] => entries.flatMap(({ body }) => body.text ?? []);

export const countLike = (lines: readonly object[], wanted: object): number => lines.filter((line) => isLike(line, wanted)).length;
