/** Plays scenarios from outside and tells how each beat went. A beat that failed does not end the story: the rest is tried. */
import { isRun, type Beat, type Scenario, type Seed } from "./beat.ts";
import { createWorld, type World } from "./kit/world.ts";

export interface Told {
  readonly seed: Seed;
  readonly rules: readonly string[];
  readonly says: string;
  readonly how: "ok" | "FAILED" | "not yet";
  /** What was seen instead; only where it failed. */
  readonly seen?: string;
}

export async function* play({ seed, beats }: Scenario): AsyncGenerator<Told> {
  // Made at the first beat that runs, and once: a world that cannot begin fails every beat with the same words.
  let world: Promise<World> | undefined;
  try {
    for (const beat of beats()) {
      const { rules, says } = beat;
      if (!isRun(beat)) yield { seed, rules, says, how: "not yet" };
      else {
        const seen = await failureOf(async () => beat.run(await (world ??= createWorld())));
        yield seen === undefined ? { seed, rules, says, how: "ok" } : { seed, rules, says, how: "FAILED", seen };
      }
    }
  } finally {
    const made = await world?.catch(() => undefined);
    await made?.end();
  }
}

/** What was seen is for a person to read. */
const longestSeen = 2000;

const failureOf = async (run: () => Promise<void>): Promise<string | undefined> => {
  try {
    await run();
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).slice(0, longestSeen);
  }
};

/** `beats: N run, N not yet`. */
export const count = (beats: readonly Beat[] | readonly Told[]): string => {
  const notYet = beats.filter((beat) => ("how" in beat ? beat.how === "not yet" : !isRun(beat))).length;
  return `beats: ${beats.length - notYet} run, ${notYet} not yet`;
};
