/** The machine's own time. The shipped root knows no other (test-main.ts has one that moves). */
import type { Clock } from "../../ports/clock.ts";
import type { Timer } from "../../ports/timer.ts";

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

export const systemTimer: Timer = {
  after: (delay, call) => {
    const timeout = setTimeout(call, delay);
    return () => clearTimeout(timeout);
  },
};
