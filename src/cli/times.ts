/** Times for people (local, by Intl) and for programs (RFC 3339, UTC). Total: any number is some time. */
import type { Millis } from "../base/brand.ts";

export interface Times {
  /** "14:05" today, with the day before that, with the year where it is another. */
  at(time: Millis, now: Millis): string;
  /** The time of day where clocks are so many minutes ahead of UTC. */
  clock(time: Millis, offset: number): string;
  /** Day and time, whatever today is: for what is read much later. */
  dated(time: Millis): string;
}

/** The last instant that a Date can hold; a hostile entry may name a later one. */
const lastInstant = 8_640_000_000_000_000;
const within = (time: Millis): Millis => Math.min(Math.max(time, 0), lastInstant);

export const rfc3339 = (time: Millis): string => new Date(within(time)).toISOString();

export const createTimes = (locale: string | undefined, timeZone: string | undefined): Times => {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, ...(timeZone === undefined ? {} : { timeZone }) });
  const clock = format({ hour: "2-digit", minute: "2-digit" });
  const elsewhere = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  const day = format({ year: "numeric", month: "2-digit", day: "2-digit" });
  const year = format({ year: "numeric" });
  const thisYear = format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const dated = format({ year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
  return {
    at: (time, now) => {
      const [then, today] = [within(time), within(now)];
      if (day.format(then) === day.format(today)) return clock.format(then);
      return (year.format(then) === year.format(today) ? thisYear : dated).format(then);
    },
    clock: (time, offset) => elsewhere.format(within(time + offset * 60_000)),
    dated: (time) => dated.format(within(time)),
  };
};
