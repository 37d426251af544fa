/**
 * The line's time: the relay's clock as this device knows it, so that a device whose clock is wrong by a day still
 * tells ages right. Between two words of the relay it runs by the monotonic clock, or by the wall clock when that ran
 * further (a monotonic clock may stand still while a laptop sleeps): it is never younger than the truth.
 */
import type { Millis } from "../base/brand.ts";
import type { Context } from "./event.ts";
import type { Guards } from "./guards.ts";
import type { State } from "./state.ts";

/** How often a device says that it is there: the relay closes who is silent for three times as long (WIRE5). */
export const pingEvery: Millis = 25_000;

export const lineNow = (state: Pick<State, "anchor" | "offset">, context: Context): Millis =>
  Math.max(state.anchor.line + (context.monotonic - state.anchor.monotonic), context.wall + state.offset);

/** Takes the relay's word for the time. The offset is kept, so that the next start begins with it. */
export const setTime = (state: State, relayNow: Millis, context: Context): State => {
  const offset = relayNow - context.wall;
  const moved = Math.abs(offset - state.offset) > 2000;
  const guards = moved && wasSet(state, relayNow, context) ? withSet(state.guards, offset - state.offset) : state.guards;
  return {
    ...state,
    offset,
    guards,
    anchor: { line: relayNow, monotonic: context.monotonic, heard: true },
    unsaved: moved ? { ...state.unsaved, dirty: true } : state.unsaved,
  };
};

/** What the way to this device and back may take. */
const steady: Millis = 2000;

/**
 * The relay's clock and this device's have moved apart: whether it was surely this device's that was set. While the process runs, its monotonic
 * clock bears the relay out; over a start, only a clock that shows an earlier time than when this was saved is surely wrong.
 */
const wasSet = ({ anchor, offset, savedAt }: State, relayNow: Millis, { wall, monotonic }: Context): boolean =>
  anchor.heard === true ? Math.abs(relayNow - anchor.line - (monotonic - anchor.monotonic)) <= steady : wall + offset < savedAt - steady;

const withSet = (guards: Guards, by: Millis): Guards =>
  Object.fromEntries(Object.entries(guards).map(([id, guard]) => [id, { ...guard, set: guard.set + by }]));
