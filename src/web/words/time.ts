/**
 * Times as people say them, by Intl. Ages are told in steps of five minutes: what the other's device said was rounded
 * so before it left, and a finer number here would only pretend.
 */
import type { Millis } from "../../base/brand.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export interface Times {
  /** `14:05` today; with the weekday within a week; with the date before that. */
  at(when: Millis, now: Millis): string;
  /** `10 minutes ago`, `just now`. */
  ago(when: Millis, now: Millis): string;
  /** As `ago`, and to the minute: for what was heard on this device. */
  recent(when: Millis, now: Millis): string;
  clock(when: Millis): string;
  /** The time of day where clocks are so many minutes ahead of UTC. */
  clockAt(when: Millis, offset: number): string;
  day(when: Millis): string;
  /** As `at`, and by the day alone where that is more than a week away. */
  by(when: Millis, now: Millis): string;
}

export const createTimes = (language: string, justNow: string, timeZone?: string): Times => {
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = (options: Intl.DateTimeFormatOptions): ((when: Millis) => string) => {
    const made = new Intl.DateTimeFormat(language, { ...options, ...zone });
    return (when) => made.format(calendar(when));
  };
  const clock = format({ hour: "numeric", minute: "2-digit" });
  const weekday = format({ weekday: "long", hour: "numeric", minute: "2-digit" });
  const date = format({ day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });
  const dayOnly = format({ day: "numeric", month: "long" });
  const whole = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  const elsewhere = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
  const times: Times = {
    clock,
    clockAt: (when, offset) => elsewhere.format(calendar(when + offset * minute)),
    day: whole,
    at(when, now) {
      if (whole(when) === whole(now)) return clock(when);
      return Math.abs(now - when) < 6 * day ? weekday(when) : date(when);
    },
    by: (when, now) => (Math.abs(now - when) < 6 * day ? times.at(when, now) : dayOnly(when)),
    recent(when, now) {
      const minutes = Math.floor((now - when) / minute);
      return minutes < 1 || minutes >= 60 ? times.ago(when, now) : relative.format(-minutes, "minute");
    },
    ago(when, now) {
      const age = Math.max(0, now - when);
      if (age < 5 * minute) return justNow;
      if (age < hour) return relative.format(-(Math.floor(age / minute / 5) * 5), "minute");
      if (age < day) return relative.format(-Math.floor(age / hour), "hour");
      return relative.format(-Math.floor(age / day), "day");
    },
  };
  return times;
};

/** What a calendar can hold: a time that another device wrote may be any number. */
export const calendar = (when: Millis): Millis => Math.min(8.64e15, Math.max(-8.64e15, when));

/** The hour of the day on this device, with its fraction: 0 up to 24. */
export const localHour = (when: Millis): number => {
  const local = new Date(when);
  return local.getHours() + local.getMinutes() / 60;
};
