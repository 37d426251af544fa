import { expect, test } from "vitest";
import { feelingNames } from "../senses/feeling/feeling.ts";
import { css, luminance, mix, okHue, toLinear, type Oklch } from "./color.ts";
import { feelingColor, lightOf, neutralSky, skyAt } from "./sky.ts";

const contrastWithWhite = (color: Oklch): number => 1.05 / (luminance(color) + 0.05);

test("white text reads at 4.5:1 wherever it may stand, at every hour", () => {
  for (let hour = 0; hour <= 24; hour += 0.05) {
    const { mid, deep } = skyAt(hour);
    for (let part = 0; part <= 1; part += 0.1) expect(contrastWithWhite(mix(deep, mid, part)), `at ${hour.toFixed(2)}`).toBeGreaterThan(4.5);
  }
  for (let part = 0; part <= 1; part += 0.1) expect(contrastWithWhite(mix(neutralSky.deep, neutralSky.mid, part))).toBeGreaterThan(4.5);
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
