/**
 * Times for people (local, by Intl) and for programs (RFC 3339, UTC); total: any number is some time. And the other way: a time
 * that someone typed.
 */
import type { Millis } from "../base/brand.ts";
import { offsetIn } from "../senses/hour/zone.ts";

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

/** A time as typed: it travels to a running `watch` as it is, and becomes a moment where the line's time is known. */
export type When =
  | { readonly is: "at"; readonly at: Millis }
  | { readonly is: "in"; readonly span: Millis }
  /** The next such time of the asker's own day. */
  | { readonly is: "clock"; readonly minutes: number };

export const whenUsage = "a time like 21:15, 90m, 2h, 3d or 2026-12-24T18:00:00+01:00";

const minute: Millis = 60_000;
const day: Millis = 24 * 60 * minute;
const spans: Record<string, Millis> = { m: minute, h: 60 * minute, d: day };
const instant = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;

export const spanUsage = "a span like 10m, 2h or 3d";

/** How long, as typed; `undefined` for what is no span. */
export const readSpan = (typed: string): Millis | undefined => {
  const [, many, unit] = /^(\d{1,6})([mhd])$/.exec(typed) ?? [];
  return many === undefined || unit === undefined ? undefined : Number(many) * (spans[unit] as Millis);
};

/** `undefined` for what is no time. */
export const readWhen = (typed: string): When | undefined => {
  const [, hours, minutes] = /^(\d{1,2}):(\d\d)$/.exec(typed) ?? [];
  if (hours !== undefined && minutes !== undefined)
    return Number(hours) < 24 && Number(minutes) < 60 ? { is: "clock", minutes: Number(hours) * 60 + Number(minutes) } : undefined;
  const span = readSpan(typed);
  if (span !== undefined) return span > 0 ? { is: "in", span } : undefined;
  const at = instant.test(typed) ? Date.parse(typed.replace(" ", "T").toUpperCase()) : Number.NaN;
  // A day that no month has is no time, whatever a calendar would make of it.
  const date = Number(typed.slice(8, 10));
  const isDay = date >= 1 && date <= new Date(Date.UTC(Number(typed.slice(0, 4)), Number(typed.slice(5, 7)), 0)).getUTCDate();
  return Number.isNaN(at) || at < 0 || !isDay ? undefined : { is: "at", at };
};

/** The moment that is meant, in the zone of whoever asks. */
export const momentOf = (when: When, now: Millis, zone: string): Millis => {
  switch (when.is) {
    case "at":
      return when.at;
    case "in":
      return now + when.span;
    case "clock": {
      const offset = (offsetIn(zone, now) ?? 0) * minute;
      const midnight = now + offset - ((now + offset) % day);
      const on = (ahead: number): Millis => {
        const local = midnight + ahead * day + when.minutes * minute;
        // Clocks may be set forwards or back before then.
        return local - (offsetIn(zone, local - offset) ?? 0) * minute;
      };
      return on(0) > now ? on(0) : on(1);
    }
  }
};
