/** Days of this device's calendar, as a date field writes them: `2026-01-15`. */
import type { Millis } from "../../base/brand.ts";
import { calendar } from "./time.ts";

export const dayOf = (when: Millis): string => {
  const local = new Date(calendar(when));
  const [year, month, day] = [local.getFullYear(), local.getMonth() + 1, local.getDate()];
  // A date field knows the years 1 to 9999 and no others.
  return year < 1 || year > 9999 ? "" : `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
};

/** Its last moment; `undefined` for what is no day. */
export const endOf = (day: string): Millis | undefined => {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (year === undefined) return undefined;
  const next = new Date(2000, 0, 1);
  // Two digits would mean the last century in the constructor.
  next.setFullYear(Number(year), Number(month) - 1, Number(date) + 1);
  return next.getTime() - 1;
};

/** A moment as a date-and-time field writes it, in this device's zone: `2026-01-15T18:00`. */
export const fieldOf = (when: Millis): string => {
  const local = new Date(calendar(when));
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${dayOf(when)}T${two(local.getHours())}:${two(local.getMinutes())}`;
};

/** `undefined` for what is no moment. */
export const momentOf = (field: string): Millis | undefined => {
  const when = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(field) ? new Date(field).getTime() : Number.NaN;
  return Number.isNaN(when) ? undefined : when;
};
