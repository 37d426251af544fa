/**
 * The windows of a sign of life (LIFE1): every day between two times of the zone in which it began, as moments. Worked out on the owner's
 * device, so that a clock change is the owner's. By the zone tables of `Intl`, which every browser has; `Temporal` has the same, and not every browser has it.
 */
import type { Millis } from "../../base/brand.ts";
import { offsetIn } from "../hour/zone.ts";

export interface Window {
  readonly opens: Millis;
  readonly due: Millis;
}

/** Said in one entry, and armed ahead: two weeks (LIFE1). */
export const windowsAtOnce = 14;

const minute: Millis = 60_000;
const day: Millis = 24 * 60 * minute;

/**
 * The moment at which the zone's clocks show this many minutes after midnight of a day (by its UTC midnight). Where they show it twice, the one
 * that is asked for; where they leave it out, as much later as they leave out.
 */
const momentAt = (zone: string, midnight: Millis, minutes: number, which: "first" | "last"): Millis | undefined => {
  const wall = midnight + minutes * minute;
  const [before, after] = [offsetIn(zone, wall - day), offsetIn(zone, wall + day)];
  if (before === undefined || after === undefined) return undefined;
  if (before === after) return wall - before * minute;
  const moments = [before, after].filter((offset) => offsetIn(zone, wall - offset * minute) === offset).map((offset) => wall - offset * minute);
  if (moments.length === 0) return wall - Math.min(before, after) * minute;
  return which === "first" ? Math.min(...moments) : Math.max(...moments);
};

/**
 * The next `count` windows that are still to open after `after`, in order. `from` and `to` are minutes of the day; a window whose
 * end is not after its beginning ends on the next day. Empty for a zone that this device does not know.
 */
export const windowsAfter = (zone: string, from: number, to: number, after: Millis, count: number): readonly Window[] => {
  const offset = offsetIn(zone, after);
  if (offset === undefined) return [];
  const today = Math.floor((after + offset * minute) / day) * day;
  const windows: Window[] = [];
  for (let at = today; windows.length < count && at < today + (count + 3) * day; at += day) {
    const begins = momentAt(zone, at, from, "first");
    // A long one that ends in an hour that comes twice may reach into it: no window begins before the one before it is over.
    const isLong = (from - to + 1440) % 1440 <= 120;
    const before = isLong ? momentAt(zone, to > from ? at - day : at, to, "last") : undefined;
    const opens = begins === undefined ? undefined : Math.max(begins, before ?? begins);
    const ends = momentAt(zone, to > from ? at : at + day, to, "last");
    if (opens === undefined || ends === undefined || opens <= after) continue;
    // One that the clocks leave out whole is as long after it.
    windows.push({ opens, due: ends > opens ? ends : opens + ((to - from + 1440) % 1440) * minute });
  }
  return windows;
};
