import { expect, test } from "vitest";
import { heavensAt, isMoonUp, nextForBoth, sharedMoon } from "./heavens.ts";

const greenwich = { lat: 51, lon: 0 };
const vienna = { lat: 48, lon: 16 };
const tokyo = { lat: 36, lon: 140 };
const minute = 60_000;
const day = 24 * 60 * minute;

test("[MOON1] the sun stands where an almanac has it: high at noon in the south, below at midnight in the north", () => {
  // Solstice: 90 - 51 + 23.4.
  const noon = heavensAt(Date.UTC(2026, 5, 21, 12, 2), greenwich).sun;
  expect(noon.altitude).toBeCloseTo(62.4, 0);
  expect(noon.azimuth).toBeCloseTo(180, 0);
  expect(heavensAt(Date.UTC(2026, 5, 21, 0, 2), greenwich).sun.altitude).toBeCloseTo(-15.3, 0);
});

test("[MOON1] the moon is dark when it is new and whole when it is full", () => {
  // New moon 15 June 2026 at 02:54 UTC, full moon 29 June 2026 at 23:57 UTC.
  expect(heavensAt(Date.UTC(2026, 5, 15, 2, 54), vienna).moon.lit).toBeLessThan(0.01);
  expect(heavensAt(Date.UTC(2026, 5, 29, 23, 57), vienna).moon.lit).toBeGreaterThan(0.99);
});

test("[MOON1] its bright limb points towards the sun: down to the west after sunset, for a young moon", () => {
  const { moon, sun } = heavensAt(Date.UTC(2026, 5, 18, 19, 30), vienna);
  expect(sun.altitude).toBeLessThan(0);
  expect(moon.altitude).toBeGreaterThan(0);
  // Clockwise from straight up, seen facing it: the west is on the right.
  expect(moon.limb).toBeGreaterThan(90);
  expect(moon.limb).toBeLessThan(180);
});

test("[MOON1] it is next up for both at the first minute in which it is up for each", () => {
  let from = Date.UTC(2026, 5, 1);
  for (let i = 0; i < 12; i++, from += 2.3 * day) {
    const next = nextForBoth(from, vienna, tokyo);
    if (next === null) throw new Error("never up for both");
    expect([isMoonUp(next, vienna), isMoonUp(next, tokyo)]).toEqual([true, true]);
    if (next === from) continue;
    const before = next - 1.5 * minute;
    expect(isMoonUp(before, vienna) && isMoonUp(before, tokyo)).toBe(false);
  }
});

test("[MOON1] whoever looks again meanwhile is told the same minute", () => {
  let now = Date.UTC(2026, 5, 1, 0, 0, 17);
  for (let i = 0; i < 8; i++, now += 1.7 * day) {
    const next = nextForBoth(now, vienna, tokyo);
    if (next === null) throw new Error("never up for both");
    expect(next === now || next % minute === 0).toBe(true);
    for (let later = now; later < next - minute; later += (next - now) / 23) expect(nextForBoth(later, vienna, tokyo)).toBe(next);
  }
});

test("[MOON1] up for both while it is up for each; the same for both whoever asks", () => {
  for (let now = Date.UTC(2026, 5, 1); now < Date.UTC(2026, 5, 8); now += 5.1 * 60 * minute) {
    const mine = sharedMoon(now, vienna, tokyo);
    const theirs = sharedMoon(now, tokyo, vienna);
    expect(mine.both).toBe(mine.me && mine.other);
    expect([theirs.me, theirs.other, theirs.both, theirs.next]).toEqual([mine.other, mine.me, mine.both, mine.next]);
    expect(mine.next === now).toBe(mine.both);
  }
});

test("[MOON1] two people at the ends of the earth may have no moon in common for a month, and that is said", () => {
  const [north, south] = [
    { lat: 90, lon: 0 },
    { lat: -90, lon: 0 },
  ];
  const next = nextForBoth(Date.UTC(2026, 5, 1), north, south);
  if (next !== null) expect([isMoonUp(next, north), isMoonUp(next, south)]).toEqual([true, true]);
});
