import { expect, test } from "vitest";
import { feelingNames } from "../../senses/feeling/feeling.ts";
import { senses } from "../../senses/index.ts";
import { en } from "./en.ts";
import { createTimes } from "./time.ts";

test("every feeling and every sense has a name", () => {
  expect(Object.keys(en.feel.names).sort()).toEqual(Object.keys(feelingNames).sort());
  expect(Object.keys(en.senses).sort()).toEqual(Object.keys(senses).sort());
});

test("names keep their own direction inside a sentence", () => {
  expect(en.touch.offered("עדה")).toContain("\u2068עדה\u2069");
});

test("counts follow the language's plural rules", () => {
  expect(en.mine.waiting(1)).toBe("1 thing waits to be sent");
  expect(en.mine.waiting(12)).toBe("12 things wait to be sent");
});

test("a clock that is wrong is wrong by minutes, hours or days, as people say it", () => {
  expect(en.mine.clock(7)).toBe("This device’s clock is 7 minutes ahead.");
  expect(en.mine.clock(-24 * 60)).toBe("This device’s clock is 24 hours behind.");
  expect(en.mine.clock(3 * 24 * 60)).toBe("This device’s clock is 3 days ahead.");
});

test("who has no name begins a sentence like any name", () => {
  expect(en.touch.offered(en.someone)).toMatch(/^\u2068The other\u2069 holds out/);
  expect(en.touch.hold(en.someone)).toBe("Hold to touch \u2068the other\u2069");
});

test("[PRES3] ages are told in steps of five minutes and never finer", () => {
  const times = createTimes("en", "just now", "UTC");
  const now = Date.UTC(2026, 0, 15, 18, 42);
  const minute = 60_000;
  expect(times.ago(now - 2 * minute, now)).toBe("just now");
  expect(times.ago(now - 9 * minute, now)).toBe("5 minutes ago");
  expect(times.ago(now - 179 * minute, now)).toBe("2 hours ago");
  expect(times.ago(now + 5 * minute, now)).toBe("just now");
  expect(times.at(now - 60 * minute, now)).toMatch(/^5:42\s?PM$/);
  expect(times.at(now - 24 * 60 * minute, now)).toContain("Wednesday");
  expect(times.at(now - 30 * 24 * 60 * minute, now)).toContain("December 16");
});
