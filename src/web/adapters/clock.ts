/** The machine's time and timers. The only place of the web app that reads a clock. */
import type { Clock } from "../../ports/clock.ts";
import type { Timer } from "../../ports/timer.ts";

/** What `setTimeout` takes at most, in milliseconds; longer waits are taken in steps. */
const longest = 2 ** 31 - 1;

export const machineClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

export const machineTimer: Timer = {
  after(delay, call) {
    let id: ReturnType<typeof setTimeout>;
    const wait = (left: number): void => {
      const step = Math.min(Math.max(left, 0), longest);
      id = setTimeout(() => (left > longest ? wait(left - longest) : call()), step);
    };
    wait(delay);
    return () => clearTimeout(id);
  },
};
