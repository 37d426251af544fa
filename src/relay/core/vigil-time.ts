/**
 * The clock that vigils fire by, and that receipts quote. It counts what really went by, and is never set.
 *
 * - It begins at the wall's time, or at the last time that was written down, whichever is later: it never goes back.
 * - It runs by the monotonic clock. What the machine slept is added where the system can tell sleep from a clock that was set.
 * - A wall clock that was set moves nothing: it is reported, and what was counted stays until the relay is started anew.
 * - A stretch in which nobody looked at it, or the relay was not there, is a gap, and is reported.
 */
import type { Millis } from "../../base/brand.ts";
import type { Clock } from "../../ports/clock.ts";

export interface Reading {
  readonly wall: Millis;
  readonly monotonic: Millis;
  /** Time since the machine started, its sleep included; where the system tells. */
  readonly awake: Millis | undefined;
}

export interface VigilTime {
  /** The count, when it was last looked at. */
  readonly count: Millis;
  readonly at: Reading;
  /** The wall's time less the count, as it was last reported. */
  readonly offset: Millis;
}

export type TimeNotice =
  /** The wall clock was set by so much. */
  | { readonly kind: "set"; readonly by: Millis }
  | { readonly kind: "slept"; readonly millis: Millis }
  | { readonly kind: "gap"; readonly from: Millis; readonly until: Millis };

export interface Look {
  readonly time: VigilTime;
  readonly notices: readonly TimeNotice[];
}

/** What clocks of one machine differ by without having been set. */
const slack: Millis = 1000;
/** How finely systems count their uptime. */
const sleepSlack: Millis = 500;

const readingOf = (clock: Clock): Reading => ({ wall: clock.now(), monotonic: clock.monotonic(), awake: clock.awake?.() });

/** `seen`: the last time that was written down. A stretch longer than `gap` is one. */
export const beginTime = (at: Reading, seen: Millis | undefined, gap: Millis): Look => {
  const count = Math.max(at.wall, seen ?? at.wall);
  const notices: TimeNotice[] = [];
  if (seen !== undefined && at.wall < seen - slack) notices.push({ kind: "set", by: at.wall - seen });
  if (seen !== undefined && count - seen > gap) notices.push({ kind: "gap", from: seen, until: count });
  return { time: { count, at, offset: at.wall - count }, notices };
};

/** Between two looks only the monotonic clock counts. */
export const countAt = ({ count, at }: VigilTime, monotonic: Millis): Millis => Math.floor(count + Math.max(0, monotonic - at.monotonic));

export const lookAtTime = (time: VigilTime, at: Reading, gap: Millis): Look => {
  const ran = Math.max(0, at.monotonic - time.at.monotonic);
  const more = at.awake === undefined || time.at.awake === undefined ? 0 : at.awake - time.at.awake - ran;
  const slept = more > sleepSlack ? more : 0;
  const count = time.count + ran + slept;
  const notices: TimeNotice[] = [];
  if (slept > 0) notices.push({ kind: "slept", millis: Math.round(slept) });
  if (ran + slept > gap) notices.push({ kind: "gap", from: Math.floor(time.count), until: Math.floor(count) });
  const by = at.wall - count - time.offset;
  const wasSet = Math.abs(by) > slack;
  if (wasSet) notices.push({ kind: "set", by: Math.round(by) });
  return { time: { count, at, offset: wasSet ? at.wall - count : time.offset }, notices };
};

/** The clock itself, for those who ask it between two looks. */
export interface VigilClock {
  now(): Millis;
  /** The wall's time less this one. */
  offset(): Millis;
  look(): readonly TimeNotice[];
}

export const createVigilClock = (clock: Clock, seen: Millis | undefined, gap: Millis): VigilClock => {
  const begun = beginTime(readingOf(clock), seen, gap);
  let { time } = begun;
  let first: readonly TimeNotice[] = begun.notices;
  return {
    now: () => countAt(time, clock.monotonic()),
    offset: () => Math.round(time.offset),
    look() {
      const looked = lookAtTime(time, readingOf(clock), gap);
      time = looked.time;
      const notices = [...first, ...looked.notices];
      first = [];
      return notices;
    },
  };
};
