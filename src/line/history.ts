/**
 * The history of my devices and of what I gave (BOUND6), in the log's order: nobody, myself included, can be told it was
 * otherwise. It grows by what the log proved and by nothing else, travels to my other devices with the archive, and is in the export.
 */
import type { Millis } from "../base/brand.ts";
import type { Give, Who } from "../senses/sense.ts";
import type { DeviceNotice } from "./view.ts";
import type { State } from "./state.ts";

export type PastEvent =
  /** `by`: the index of my device that said so. */
  | { readonly is: "gave"; readonly at: Millis; readonly by: number; readonly sense: string; readonly give: Give; readonly until: Millis | null }
  | { readonly is: "apart"; readonly at: Millis; readonly by: number; readonly until: Millis | null; readonly dark: boolean }
  | { readonly is: "back"; readonly at: Millis; readonly by: number }
  /** `device`: its index, where the log gave one; `who`: whose it is. Both see the devices of both (DEV1). */
  | { readonly is: "device"; readonly at: Millis; readonly what: DeviceNotice["is"]; readonly who: Who; readonly name: string; readonly device: number | null };

/** Devices are few: what the other's could add is bounded by the keys that a side may ever have. Grants of mine only I add. */
const eventsKept = 4000;

/** One line, however the device that tells it calls what it is about: names of devices are known where they were given. */
const lineOf = (event: PastEvent): string => JSON.stringify(event.is === "device" ? { ...event, name: "" } : event, keysOfLines);
/** In one order, whatever order a disk gives them back in. */
const keysOfLines = ["is", "at", "by", "sense", "give", "until", "dark", "what", "who", "name", "device"];

/**
 * What two of my devices remember, each in the log's order: theirs up to where their archive ends, and mine where it stands between what
 * both know, or after it.
 */
export const bothPasts = (theirs: readonly PastEvent[], mine: readonly PastEvent[]): readonly PastEvent[] => {
  const known = new Set(theirs.map(lineOf));
  const merged = [...theirs];
  let waiting: PastEvent[] = [];
  for (const event of mine) {
    if (!known.has(lineOf(event))) waiting.push(event);
    else {
      merged.splice(
        merged.findIndex((one) => lineOf(one) === lineOf(event)),
        0,
        ...waiting,
      );
      waiting = [];
    }
  }
  return [...merged, ...waiting].slice(-eventsKept);
};

export const withPast = (state: State, event: PastEvent): State => ({ ...state, history: [...state.history, event].slice(-eventsKept) });
