/**
 * What the two skies look like. Mine goes by the hour on this device; the other's hour is not given yet, so that sky
 * is neutral. Text stands only where `mid` and `deep` (mine) or `top` and `mid` (the other's) are: those stay dark
 * enough for white at every hour (sky.test.ts); the horizon may be as bright as it likes.
 */
import type { FeelingEntry } from "../senses/feeling/feeling.ts";
import { warmthLeft } from "../senses/feeling/feeling.ts";
import type { Millis } from "../base/brand.ts";
import { css, mix, okHue, type Oklch } from "./color.ts";

export interface Sky {
  readonly horizon: Oklch;
  readonly mid: Oklch;
  readonly deep: Oklch;
  /** How much of the stars is seen, 0 to 1. */
  readonly stars: number;
}

const color = (l: number, c: number, h: number): Oklch => ({ l, c, h });
const sky = (horizon: Oklch, mid: Oklch, deep: Oklch, stars: number): Sky => ({ horizon, mid, deep, stars });

const night = sky(color(0.37, 0.085, 268), color(0.23, 0.065, 270), color(0.125, 0.035, 268), 1);
const hours: readonly (readonly [hour: number, sky: Sky])[] = [
  [0, night],
  [4.5, night],
  [5.75, sky(color(0.56, 0.095, 330), color(0.31, 0.075, 290), color(0.165, 0.045, 275), 0.5)],
  [6.75, sky(color(0.8, 0.105, 55), color(0.46, 0.09, 345), color(0.22, 0.055, 283), 0.15)],
  [8.5, sky(color(0.87, 0.06, 80), color(0.51, 0.075, 240), color(0.27, 0.06, 255), 0)],
  [12, sky(color(0.88, 0.045, 215), color(0.53, 0.095, 238), color(0.29, 0.075, 250), 0)],
  [15.5, sky(color(0.87, 0.05, 190), color(0.52, 0.085, 238), color(0.28, 0.07, 252), 0)],
  [17.5, sky(color(0.84, 0.1, 72), color(0.49, 0.09, 20), color(0.25, 0.06, 285), 0)],
  [18.75, sky(color(0.75, 0.145, 50), color(0.43, 0.115, 345), color(0.205, 0.06, 288), 0.15)],
  [20, sky(color(0.55, 0.12, 350), color(0.32, 0.095, 305), color(0.165, 0.05, 280), 0.55)],
  [21.5, night],
  [24, night],
];

export const skyAt = (hour: number): Sky => {
  const next = Math.max(
    1,
    hours.findIndex(([at]) => at >= hour),
  );
  const [to, after] = hours[next] ?? [24, night];
  const [from, before] = hours[next - 1] ?? [0, night];
  const part = to === from ? 0 : (hour - from) / (to - from);
  return {
    horizon: mix(before.horizon, after.horizon, part),
    mid: mix(before.mid, after.mid, part),
    deep: mix(before.deep, after.deep, part),
    stars: before.stars + (after.stars - before.stars) * part,
  };
};

/** Neither day nor night: an hour that was not given is not guessed. */
export const neutralSky: Sky = sky(color(0.66, 0.085, 312), color(0.375, 0.075, 284), color(0.2, 0.055, 273), 0.55);

const plainLight = color(0.93, 0.045, 82);

/** The colour of a light: the last feeling, paler with age; plain when there is none. `left` is how much is left, 0 to 1. */
export const lightOf = (felt: FeelingEntry | null, now: Millis): { readonly tint: string; readonly left: number } => {
  if (!felt) return { tint: css(plainLight), left: 0 };
  const left = warmthLeft(felt.at, now);
  const part = left * (0.35 + (0.65 * felt.strength) / 100);
  return { tint: css(mix(plainLight, feelingColor(felt.hue, felt.strength), part)), left: part };
};

export const feelingColor = (hue: number, strength: number): Oklch => color(0.86 - 0.14 * (strength / 100), 0.05 + 0.12 * (strength / 100), okHue(hue));

/** For the style object of a half; CSS turns it into gradients. */
export const skyStyle = (of: Sky): Record<string, string> => ({
  "--horizon": css(of.horizon),
  "--mid": css(of.mid),
  "--deep": css(of.deep),
  "--stars": of.stars.toFixed(2),
});
