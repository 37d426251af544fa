/** The windows of a sign of life as moments (LIFE1), on the days on which clocks change. */
import { expect, it } from "vitest";
import { windowsAfter } from "./windows.ts";

const minute = 60_000;
const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
/** The first that opens after a moment in UTC. */
const windowOf = (zone: string, after: string, from: number, to: number): readonly string[] =>
  windowsAfter(zone, from, to, Date.parse(`${after}Z`) - minute, 1).flatMap(({ opens, due }) => [iso(opens), iso(due)]);

it.each([
  ["Europe/Vienna", "2027-03-27T23:00", "2027-03-28T01", "2027-03-28T06:00", "2027-03-28T09:00"],
  ["America/New_York", "2027-03-14T05:00", "2027-03-14T07", "2027-03-14T12:00", "2027-03-14T15:00"],
])("[LIFE1] in %s, an hour that is left out on the day that begins at %s is the hour after it, and never before it", (zone, midnight, hour, eight, eleven) => {
  expect(windowOf(zone, midnight, 120, 150)).toEqual([`${hour}:00`, `${hour}:30`]);
  expect(windowOf(zone, midnight, 60, 150)[1]).toBe(`${hour}:30`);
  expect(windowOf(zone, midnight, 480, 660)).toEqual([eight, eleven]);
});

it.each([
  ["Europe/Vienna", "2027-10-30T22:00", 120, "2027-10-31T00:00", "2027-10-31T01:30"],
  ["America/New_York", "2027-11-07T04:00", 60, "2027-11-07T05:00", "2027-11-07T06:30"],
])(
  "[LIFE1] in %s, of an hour that comes twice a window begins with the first and ends with the second: nobody is late by the first",
  (zone, midnight, from, opens, due) => {
    expect(windowOf(zone, midnight, from, from + 30)).toEqual([opens, due]);
  },
);

it.each(["Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "+05:45", "UTC"])(
  "[LIFE1] in %s there is one window a day, each open, whatever the clocks do",
  (zone) => {
    const start = Date.UTC(2027, 0, 1);
    for (const [from, to] of [
      [480, 660],
      [1380, 60],
      [120, 150],
      [0, 1439],
      [150, 120],
    ] as const) {
      const windows = windowsAfter(zone, from, to, start, 400);
      expect(windows.length).toBe(400);
      for (const [i, { opens, due }] of windows.entries()) {
        expect(due).toBeGreaterThan(opens);
        if (i > 0) expect(opens).toBeGreaterThanOrEqual((windows[i - 1] as { due: number }).due);
        if (i > 0) expect(Math.abs(opens - (windows[i - 1] as { opens: number }).opens - 24 * 60 * minute)).toBeLessThanOrEqual(60 * minute);
      }
    }
  },
);
