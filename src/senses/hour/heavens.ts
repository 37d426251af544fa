/**
 * Where sun and moon stand over a place (MOON1): calculated here, from a time and whole degrees, and asked of nobody.
 * The only importer of astronomy-engine; the web app fetches it after its first screen.
 */
import { Body, Equator, Horizon, Illumination, Observer } from "astronomy-engine";
import type { Millis } from "../../base/brand.ts";
import type { Place } from "./hour.ts";

/** Degrees: above the horizon, as refraction lifts it; and from north by east. */
export interface Stand {
  readonly altitude: number;
  readonly azimuth: number;
}

export interface Heavens {
  readonly sun: Stand;
  readonly moon: Stand & {
    /** How much of its disc is lit, 0 to 1. */
    readonly lit: number;
    /** Where its bright limb points, as seen from there: degrees from straight up, clockwise. */
    readonly limb: number;
  };
}

export const heavensAt = (now: Millis, place: Place): Heavens => {
  const sun = standOf(Body.Sun, now, place);
  const moon = standOf(Body.Moon, now, place);
  return { sun, moon: { ...moon, lit: Illumination(Body.Moon, new Date(now)).phase_fraction, limb: bearing(moon, sun) } };
};

const standOf = (body: Body, now: Millis, { lat, lon }: Place): Stand => {
  const date = new Date(now);
  const observer = new Observer(lat, lon, 0);
  const { ra, dec } = Equator(body, date, observer, true, true);
  const { altitude, azimuth } = Horizon(date, observer, ra, dec, "normal");
  return { altitude, azimuth };
};

const turn = Math.PI / 180;

/** The way from one to another over the dome of the sky, from straight up towards rising azimuth. */
const bearing = (from: Stand, to: Stand): number => {
  const [a, b, between] = [from.altitude * turn, to.altitude * turn, (to.azimuth - from.azimuth) * turn];
  return Math.atan2(Math.cos(b) * Math.sin(between), Math.sin(b) * Math.cos(a) - Math.cos(b) * Math.sin(a) * Math.cos(between)) / turn;
};

const moonAltitude = (now: Millis, place: Place): number => standOf(Body.Moon, now, place).altitude;
export const isMoonUp = (now: Millis, place: Place): boolean => moonAltitude(now, place) > 0;

const minute: Millis = 60_000;
const step: Millis = 15 * minute;
/** The sky turns by 15 degrees an hour; what refraction adds near the horizon is in this. */
const perDegree: Millis = 3.7 * minute;
/** The moon goes once round in a month: what it does not do in that time for two places, it hardly ever does. */
const horizonOfSearch: Millis = 30 * 24 * 60 * 60_000;

/**
 * The first whole minute in which it is up for both, the same whenever it is asked; `now` while it is up, null where it
 * is not within 30 days.
 */
export const nextForBoth = (now: Millis, one: Place, two: Place): Millis | null => {
  const lower = (time: Millis): number => Math.min(moonAltitude(time, one), moonAltitude(time, two));
  let altitude = lower(now);
  if (altitude > 0) return now;
  let below = now;
  while (altitude <= 0) {
    below += altitude < -5 ? -altitude * perDegree - step : 0;
    if (below > now + horizonOfSearch) return null;
    altitude = lower(below + step);
    if (altitude <= 0) below += step;
  }
  let above = Math.ceil((below + step) / minute);
  below = Math.floor(below / minute);
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (lower(middle * minute) > 0) above = middle;
    else below = middle;
  }
  return above * minute;
};

/** The moon over two people (MOON1), from places that both gave. */
export interface SharedMoon {
  readonly me: boolean;
  readonly other: boolean;
  readonly both: boolean;
  readonly lit: number;
  readonly next: Millis | null;
}

export const sharedMoon = (now: Millis, mine: Place, theirs: Place): SharedMoon => {
  const [me, other] = [isMoonUp(now, mine), isMoonUp(now, theirs)];
  return { me, other, both: me && other, lit: heavensAt(now, mine).moon.lit, next: nextForBoth(now, mine, theirs) };
};
