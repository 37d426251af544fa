import { expect, test } from "vitest";
import { dayOf, endOf, fieldOf, momentOf } from "./days.ts";

test("a day ends a moment before the next begins, whatever the clocks did", () => {
  for (const day of ["2026-01-15", "2024-02-29", "2026-03-29", "2026-10-25", "2026-12-31", "0099-01-01"]) {
    const end = endOf(day) as number;
    expect(dayOf(end)).toBe(day);
    expect(dayOf(end + 1)).not.toBe(day);
  }
});

test("what is no day is none; a time beyond all calendars has none", () => {
  for (const typed of ["", "2026", "tomorrow", "2026-1-1", "12026-01-01"]) expect(endOf(typed)).toBeUndefined();
  expect(dayOf(Number.MAX_SAFE_INTEGER)).toBe("");
  expect(dayOf(Number.MIN_SAFE_INTEGER)).toBe("");
});

test("a moment is written as the field writes it, and read back; what is none is none", () => {
  const when = new Date(2026, 0, 5, 8, 7).getTime();
  expect(fieldOf(when)).toBe("2026-01-05T08:07");
  expect(momentOf(fieldOf(when))).toBe(when);
  for (const none of ["", "2026-01-05", "soon", "2026-13-01T00:00"]) expect(momentOf(none)).toBeUndefined();
});
