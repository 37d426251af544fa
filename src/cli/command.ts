/**
 * What a command of the terminal is: how its arguments are read, what it takes on standard input, and what it does.
 *
 * Invariants:
 * - `run` sees a Session and nothing of the process, so that it does the same in its own process and inside a running
 *   `watch` (which has this device's only writer).
 * - What `read` returns is plain JSON: it travels over the socket of a running `watch`.
 */
import type { ParseArgsOptionsConfig } from "node:util";
import type { Result } from "../base/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { Millis } from "../base/brand.ts";
import type { Home } from "../line/home.ts";
import type { Json } from "./json.ts";
import type { Screen } from "./screen.ts";
import type { Times } from "./times.ts";
import type { Wishes } from "./wishes.ts";

/** How a command ends, as the shell sees it. */
export const exits = {
  done: 0,
  /** Ours: a fault in Beside. */
  defect: 1,
  usage: 2,
  /** Someone or something said no; trying the same again will not help. */
  refused: 3,
  /** The relay could not be reached, or has not taken it yet: what was said is kept here and goes later. */
  later: 4,
} as const;
export type Exit = (typeof exits)[keyof typeof exits];

export interface Output {
  /** One result: its JSON line, or sentences for people. */
  result(json: Json, text: string): void;
  /** What went otherwise than asked, and what to do; apart from the results. */
  problem(code: string, text: string): void;
}

export interface Session {
  readonly home: Home;
  readonly wishes: Wishes;
  readonly screen: Screen;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly output: Output;
  readonly times: Times;
  /** The zone of whoever asks, as the system names it. */
  readonly zone: string;
  /** `--bond`: an id or its beginning. */
  readonly bond: string | undefined;
  /** Whether the asker reads JSON. */
  readonly json: boolean;
  /** What is left of `--timeout`; never less than a moment. */
  patience(): Millis;
  /** Whether a person sits there: both what is asked and what is answered is at a terminal. */
  readonly terminal: boolean;
  /** A line of standard input, asked for with this at a terminal; `undefined` when there is none, or the asker goes. */
  ask(prompt: string): Promise<string | undefined>;
  /** The asker wants to go: finish politely, at once. */
  readonly stop: AbortSignal;
  /** This result is durable already: should this process be killed, the asker still learns of it. */
  kept(json: Json, text: string): void;
}

/** What was typed, before a command reads it. */
export interface Given {
  readonly values: { readonly [flag: string]: string | boolean | undefined };
  readonly words: readonly string[];
  /** What `BESIDE_RELAY` says. */
  readonly relay: string | undefined;
  /** Makes a path absolute, as the asker sees it. */
  readonly resolve: (path: string) => string;
  /** A file's text, for what must not be an argument. */
  readonly readFile: (path: string) => Result<string, string>;
}

export interface CommandSpec<Options> {
  readonly usage: string;
  readonly summary: string;
  readonly flags?: ParseArgsOptionsConfig;
  /** How many words may follow the command; none unless said. */
  readonly words?: number;
  /** What it takes on standard input before it runs. A `line` ends with Enter at a terminal. */
  readonly input?: { readonly is: "line" | "text"; readonly what: string };
  /** Whether other commands go through it while it runs. */
  readonly serves?: boolean;
  /** Whether it can be asked again when nobody knows if it was done. */
  readonly repeatable: boolean;
  /** The error is a sentence for the person who typed it; it never quotes what was typed. */
  read(given: Given): Result<Options, string>;
  run(session: Session, options: Options, input: string): Promise<Exit>;
}

export type Command = CommandSpec<unknown>;

/** Takes the options' type away: what `read` returned is what `run` gets. */
export const command = <Options>(spec: CommandSpec<Options>): Command => ({
  ...spec,
  run: (session, options, input) => spec.run(session, options as Options, input),
});
