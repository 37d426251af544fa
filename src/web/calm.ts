/**
 * How often a screen is drawn anew: at once, as long as that is not all the time; in a flood ten times a second, and what
 * came last always (BOUND3). What a person does and sees in a calm life never waits for it.
 */
import type { Millis } from "../base/brand.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";

const every: Millis = 100;
const atOnce = 60;

/** Call it with each change. */
export const createCalm = (show: () => void, clock: Clock, timer: Timer): (() => void) => {
  let left = atOnce;
  let at = clock.monotonic();
  let waits = false;

  const look = (): void => {
    if (waits) return;
    const now = clock.monotonic();
    left = Math.min(atOnce, left + (now - at) / every);
    at = now;
    if (left >= 1) {
      left--;
      return show();
    }
    waits = true;
    timer.after(Math.ceil((1 - left) * every), () => {
      waits = false;
      look();
    });
  };
  return look;
};
