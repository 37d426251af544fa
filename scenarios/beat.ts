/**
 * What a scenario is: beats in order, each in our own words, each holding rules of the bond. A beat that runs does it from
 * outside, on a real relay process and real clients; one that waits for later work says so, and is counted.
 */
import type { World } from "./kit/world.ts";

export type Seed = "000" | "001" | "002" | "003" | "004";

interface Said {
  readonly rules: readonly [string, ...string[]];
  /** Present tense; Ada and Ben are the two. */
  readonly says: string;
}

export type RunningBeat = Said & { readonly run: (world: World) => Promise<void> };
export type LaterBeat = Said & { readonly notYet: true };
export type Beat = RunningBeat | LaterBeat;

export interface Scenario {
  readonly seed: Seed;
  /** What it is about, in a sentence. */
  readonly about: string;
  /** Anew for each run: beats share what happened before them, such as a link or an open screen. */
  readonly beats: () => readonly Beat[];
}

export const isRun = (beat: Beat): beat is RunningBeat => "run" in beat;

/** For what later work brings. */
export const later = (rule: string, says: string): LaterBeat => ({ rules: [rule], says, notYet: true });
