import { expect, test } from "vitest";
import { dayOf, endOf } from "./days.ts";

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
