import { expect, test } from "vitest";
import { feelingNames } from "../senses/feeling/feeling.ts";
import { css, luminance, mix, okHue, toLinear, type Oklch } from "./color.ts";
import { heavensAt } from "../senses/hour/heavens.ts";
import { feelingColor, lightOf, neutralSky, skyAt, skyBySun, skyOver, type Sky } from "./sky.ts";

const contrastWithWhite = (color: Oklch): number => 1.05 / (luminance(color) + 0.05);

test("white text reads at 4.5:1 wherever it may stand, at every hour", () => {
  for (let hour = 0; hour <= 24; hour += 0.05) {
    const { mid, deep } = skyAt(hour);
    for (let part = 0; part <= 1; part += 0.1) expect(contrastWithWhite(mix(deep, mid, part)), `at ${hour.toFixed(2)}`).toBeGreaterThan(4.5);
  }
  for (let part = 0; part <= 1; part += 0.1) expect(contrastWithWhite(mix(neutralSky.deep, neutralSky.mid, part))).toBeGreaterThan(4.5);
});

test("[MOON1] and by the sun as well, however high it stands and wherever, in either half", () => {
  for (let altitude = -90; altitude <= 90; altitude += 0.5)
    for (let azimuth = 0; azimuth < 360; azimuth += 15) {
      const { mid, deep } = skyBySun({ altitude, azimuth });
      for (let part = 0; part <= 1; part += 0.25) expect(contrastWithWhite(mix(deep, mid, part)), `sun at ${altitude}, ${azimuth}`).toBeGreaterThan(4.5);
    }
});

const places = { vienna: { lat: 48, lon: 16 }, tromso: { lat: 70, lon: 19 }, quito: { lat: 0, lon: -79 }, hobart: { lat: -43, lon: 147 } };

test.each(Object.entries(places))("[MOON1] over %s there is no jump either, on any day of the year", (_, place) => {
  const minute = 60_000;
  let before: Sky | undefined;
  for (const month of [0, 2, 5, 11])
    for (let at = 0; at < 24 * 60; at += 5) {
      const sky = skyBySun(heavensAt(Date.UTC(2026, month, 21) + at * minute, place).sun);
      if (before && at > 0)
        for (const of of ["mid", "deep"] as const)
          for (const channel of [0, 1, 2] as const) expect(Math.abs(toLinear(before[of])[channel] - toLinear(sky[of])[channel])).toBeLessThan(0.05);
      before = sky;
    }
});

test("[MOON1] dawn, day, dusk and night follow the sun: stars come as it goes", () => {
  const stars = [30, 5, -4, -9, -20].map((altitude) => skyBySun({ altitude, azimuth: 280 }).stars);
  expect(stars).toEqual([...stars].sort((a, b) => a - b));
  expect([stars[0], stars.at(-1)]).toEqual([0, 1]);
  expect(skyBySun({ altitude: -4, azimuth: 90 })).not.toEqual(skyBySun({ altitude: -4, azimuth: 270 }));
});

test("[MOON1] an hour that is not given is not guessed: that sky is neutral", () => {
  expect(skyOver(undefined, undefined)).toBe(neutralSky);
  expect(skyOver(undefined, 12)).toEqual(skyAt(12));
});

test("the sky has no jumps: a minute later it looks almost the same", () => {
  for (let hour = 0; hour < 24; hour += 1 / 60) {
    const now = toLinear(skyAt(hour).mid);
    const soon = toLinear(skyAt(hour + 1 / 60).mid);
    for (const at of [0, 1, 2] as const) expect(Math.abs(now[at] - soon[at])).toBeLessThan(0.02);
  }
});

test("[FEEL1] a feeling fades with its age, to the plain light after twelve hours", () => {
  const hour = 3_600_000;
  const felt = { hue: feelingNames.joy, strength: 100, at: 0 };
  const left = [0, 3, 6, 9, 12, 20].map((age) => lightOf(felt, age * hour).left);
  expect(left[0]).toBe(1);
  expect(left).toEqual([...left].sort((a, b) => b - a));
  expect(lightOf(felt, 12 * hour)).toEqual({ ...lightOf(null, 0), left: 0 });
});

test("every hue of the wheel is a colour of its own", () => {
  const seen = new Set(Array.from({ length: 360 }, (_, hue) => css(feelingColor(hue, 80))));
  expect(seen.size).toBe(360);
  expect(okHue(359)).toBeCloseTo(21, 0);
});
