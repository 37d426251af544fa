/** What time it is in a zone that another device named. Total: an unknown zone has no time, and nothing throws. */
import type { Millis } from "../../base/brand.ts";

const minute: Millis = 60_000;

/** Formatters are dear to make; of zones, two people need a handful. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const formattersCap = 16;

const formatterOf = (zone: string): Intl.DateTimeFormat => {
  const known = formatters.get(zone);
  if (known) return known;
  if (formatters.size >= formattersCap) formatters.clear();
  const made = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  formatters.set(zone, made);
  return made;
};

/** Minutes that a zone's clocks are ahead of UTC at this time; `undefined` for a zone that this device does not know. */
export const offsetIn = (zone: string, now: Millis): number | undefined => {
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (fixed) return (fixed[1] === "-" ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  try {
    const parts = Object.fromEntries(
      formatterOf(zone)
        .formatToParts(now)
        .map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute: minutes = 0 } = parts;
    return Math.round((Date.UTC(year, month - 1, day, hour, minutes) - Math.floor(now / minute) * minute) / minute);
  } catch {
    return undefined;
  }
};

/** The hour of the day there, with its fraction: 0 up to 24. */
export const hourIn = (zone: string, now: Millis): number | undefined => {
  const offset = offsetIn(zone, now);
  return offset === undefined ? undefined : ((((now / minute + offset) % 1440) + 1440) % 1440) / 60;
};
