/** The history (BOUND6) for people: the same lines in its room and in the export. */
import type { Millis } from "../base/brand.ts";
import type { PastEvent } from "../line/history.ts";
import type { DeviceView } from "../line/view.ts";
import { labelOf } from "../senses/boundary/boundary.web.tsx";
import type { Words } from "./words/en.ts";
import type { Times } from "./words/time.ts";

export interface PastLine {
  readonly at: Millis;
  readonly day: string;
  readonly clock: string;
  readonly text: string;
  /** My device that said so; null where none of mine did. */
  readonly by: string | null;
}

/** In the order of the log: oldest first. Names of devices are as they are now, or as they were when they came. */
export const linesOf = (events: readonly PastEvent[], mine: readonly DeviceView[], other: string, words: Words, times: Times): readonly PastLine[] => {
  const w = words.history;
  const names = new Map<number, string>();
  for (const event of events)
    if (event.is === "device" && event.who === "me" && event.device !== null && event.name !== "") names.set(event.device, w.named(event.name));
  for (const { index, name, here } of mine) if (name !== "" || here) names.set(index, name === "" ? w.here : w.named(name));
  return events.map((event) => ({
    at: event.at,
    day: times.day(event.at),
    clock: times.clock(event.at),
    text: textOf(event, other, words, times),
    by: event.is === "device" ? null : (names.get(event.by) ?? w.device),
  }));
};

const textOf = (event: PastEvent, other: string, words: Words, times: Times): string => {
  const until = (text: string, at: Millis | null): string => (at === null ? text : words.history.until(text, times.at(at, event.at)));
  switch (event.is) {
    case "gave": {
      const label = labelOf(event.sense, words);
      if (event.give === "off") return words.kept.stopped(label);
      return until(event.give === "coarse" ? words.kept.gaveRoughly(label) : words.kept.gave(label), event.until);
    }
    case "apart":
      return until(event.dark ? words.kept.dark : words.kept.apart, event.until);
    case "back":
      return words.kept.back;
    case "device":
      return words.devices.notice({ is: event.what, who: event.who, name: event.name, at: event.at }, other, times.clock(event.at));
  }
};
