/**
 * What the two skies look like: each at its person's own hour, by the sun over a place where that is known, else by the
 * clock. The other's is neutral where no hour is given. Text stands only where `mid` and `deep` (mine) or `top` and `mid` (the other's) are: those stay dark
 * enough for white at every hour (sky.test.ts); the horizon may be as bright as it likes.
 */
import type { FeelingEntry } from "../senses/feeling/feeling.ts";
import { warmthLeft } from "../senses/feeling/feeling.ts";
import type { Millis } from "../base/brand.ts";
import type { Heavens, Stand } from "../senses/hour/heavens.ts";
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

const mixSkies = (one: Sky, two: Sky, part: number): Sky => ({
  horizon: mix(one.horizon, two.horizon, part),
  mid: mix(one.mid, two.mid, part),
  deep: mix(one.deep, two.deep, part),
  stars: one.stars + (two.stars - one.stars) * part,
});

type Line<Point> = readonly (readonly [at: number, point: Point])[];

/** Where a value lies on a line of points: between which two, and how far. */
const along = <Point>(points: Line<Point>, value: number): { readonly from: Point; readonly to: Point; readonly part: number } => {
  const next = points.findIndex(([at]) => at >= value);
  const last = points.length - 1;
  const [toAt, to] = points[next < 0 ? last : next] as readonly [number, Point];
  const [fromAt, from] = points[next < 0 ? last : Math.max(0, next - 1)] as readonly [number, Point];
  return { from, to, part: toAt === fromAt ? 0 : (value - fromAt) / (toAt - fromAt) };
};

/** By the clock alone, as if the sun rose at about six everywhere: where no place is known. */
export const skyAt = (hour: number): Sky => {
  const { from, to, part } = along(hours, hour);
  return mixSkies(from, to, part);
};

/** Which hour of that day looks like a sun so many degrees high, on its way up and on its way down. */
const rising: Line<number> = [
  [-16, 4.5],
  [-7, 5.75],
  [-0.8, 6.75],
  [12, 8.5],
  [35, 12],
];
const setting: Line<number> = [
  [-16, 21.5],
  [-7, 20],
  [-0.8, 18.75],
  [7, 17.5],
  [20, 15.5],
  [35, 12],
];

/**
 * By the sun over a place. Morning and evening differ, and pass into each other where the sun is neither in the east nor
 * in the west: so a low noon of the north, or a white night, has no jump in it either.
 */
export const skyBySun = ({ altitude, azimuth }: Stand): Sky => {
  const like = (way: Line<number>): Sky => {
    const { from, to, part } = along(way, altitude);
    return skyAt(from + (to - from) * part);
  };
  return mixSkies(like(rising), like(setting), (1 - Math.sin((azimuth * Math.PI) / 180)) / 2);
};

/** Neither day nor night: an hour that was not given is not guessed. */
export const neutralSky: Sky = sky(color(0.66, 0.085, 312), color(0.375, 0.075, 284), color(0.2, 0.055, 273), 0.55);

/** One half's. */
export const skyOver = (heavens: Heavens | undefined, hour: number | undefined): Sky =>
  heavens ? skyBySun(heavens.sun) : hour === undefined ? neutralSky : skyAt(hour);

const plainLight = color(0.93, 0.045, 82);

/** The colour of a light: the last feeling, paler with age; plain when there is none. `left` is how much is left, 0 to 1. */
export const lightOf = (felt: FeelingEntry | null, now: Millis): { readonly tint: string; readonly left: number } => {
  if (!felt) return { tint: css(plainLight), left: 0 };
  // In steps of a quarter of an hour: a light that is repainted each minute fades no better.
  const left = Math.ceil(warmthLeft(felt.at, now) * 48) / 48;
  const part = left * (0.35 + (0.65 * felt.strength) / 100);
  return { tint: css(mix(plainLight, feelingColor(felt.hue, felt.strength), part)), left: part };
};

export const feelingColor = (hue: number, strength: number): Oklch => color(0.86 - 0.14 * (strength / 100), 0.05 + 0.12 * (strength / 100), okHue(hue));

/** From one hand to the other, -1 to 1, as one looks to where sun and moon pass: to the south, or in the south to the north. */
export const acrossOf = ({ azimuth }: Stand, south: boolean): number => Math.sin(((azimuth - (south ? 0 : 180)) * Math.PI) / 180);

/** For the style object of a half; CSS turns it into gradients. `--sun`: how near the sun is to the horizon, 0 to 1. */
export const skyStyle = (of: Sky, sun?: Stand, south = false): Record<string, string> => ({
  "--horizon": css(of.horizon),
  "--mid": css(of.mid),
  "--deep": css(of.deep),
  "--stars": of.stars.toFixed(2),
  "--sun": (sun ? Math.max(0, 1 - Math.abs(sun.altitude + 0.8) / 9) : 0).toFixed(2),
  "--across": (sun ? acrossOf(sun, south) : 0).toFixed(2),
});
