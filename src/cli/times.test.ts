import { describe, expect, test } from "vitest";
import { momentOf, readSpan, readWhen, rfc3339 } from "./times.ts";

const noon = Date.UTC(2026, 5, 15, 12, 0);
const read = (typed: string, now = noon, zone = "UTC"): string | undefined => {
  const when = readWhen(typed);
  return when && rfc3339(momentOf(when, now, zone));
};

describe("a time that someone typed", () => {
  test("a moment with its zone, a span from now, or the next such time of the own day", () => {
    expect(read("2026-12-24T18:00:00+01:00")).toBe("2026-12-24T17:00:00.000Z");
    expect(read("2026-12-24 18:00z")).toBe("2026-12-24T18:00:00.000Z");
    expect([read("90m"), read("2h"), read("3d")]).toEqual(["2026-06-15T13:30:00.000Z", "2026-06-15T14:00:00.000Z", "2026-06-18T12:00:00.000Z"]);
    expect([read("21:15"), read("9:05"), read("12:00")]).toEqual(["2026-06-15T21:15:00.000Z", "2026-06-16T09:05:00.000Z", "2026-06-16T12:00:00.000Z"]);
  });

  test("the own day is that of the zone of whoever asks, also where its clocks change before then", () => {
    expect(read("21:15", noon, "Asia/Tokyo")).toBe("2026-06-15T12:15:00.000Z");
    expect(read("20:00", noon, "Asia/Tokyo")).toBe("2026-06-16T11:00:00.000Z");
    expect(read("00:30", Date.UTC(2026, 5, 15, 23, 0), "Europe/Berlin")).toBe("2026-06-16T22:30:00.000Z");
    // Summer time ends in the night of 25 October 2026.
    expect(read("06:00", Date.UTC(2026, 9, 24, 21, 0), "Europe/Berlin")).toBe("2026-10-25T05:00:00.000Z");
  });

  test.each(["", "soon", "25:00", "12:60", "0m", "2w", "-2h", "1.5h", "2026-02-31T10:00:00Z", "2026-13-01T10:00:00Z", "2026-06-15T10:00:00", "2026-06-15"])(
    "%j is no time",
    (typed) => expect(readWhen(typed)).toBeUndefined(),
  );
});

test("a span is a number of minutes, hours or days, and can be none", () => {
  expect(["0m", "10m", "2h", "3d"].map(readSpan)).toEqual([0, 600_000, 7_200_000, 259_200_000]);
  expect(["", "10", "m", "-1h", "1.5h", "2w", "10:00"].map(readSpan)).toEqual(Array.from({ length: 7 }, () => undefined));
});
