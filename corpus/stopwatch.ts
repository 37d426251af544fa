/**
 * The guard against hangs. Everywhere else in this house a test counts work and never looks at a clock; here time is the
 * point: bytes from outside must not keep a device busy for 100 ms. So that a busy machine does not matter, what is
 * measured is the processor time of this process, and not the time on the wall (what waits without working is found by
 * the test's own time limit). The bound is far over what the work costs, some milliseconds, and what is over it may be
 * tried twice more, of which the best counts: collecting garbage falls on someone, but what hangs, hangs every time.
 */

/** Milliseconds that only grow. An argument of everything that measures. */
export type Monotonic = () => number;

export const worked: Monotonic = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Nothing from outside may take longer. In milliseconds. */
export const hang = 100;

/** How long one piece of work takes, by its best of at most three tries. It must be something that can be done again. */
export const bestOf = async <T>(monotonic: Monotonic, work: () => Promise<T>): Promise<{ readonly value: T; readonly took: number }> => {
  let best = Infinity;
  for (let tries = 1; ; tries++) {
    const begun = monotonic();
    const value = await work();
    best = Math.min(best, monotonic() - begun);
    if (best < hang || tries === 3) return { value, took: best };
  }
};

/** Laps of something that goes on, such as a world from one event to the next: the slowest counts. */
export interface Laps {
  /** Begins anew, without counting what was before. */
  begin(): void;
  lap(): void;
  slowest(): number;
}

const createLaps = (monotonic: Monotonic): Laps => {
  let at = monotonic();
  let slowest = 0;
  return {
    begin: () => void (at = monotonic()),
    lap: () => {
      const now = monotonic();
      slowest = Math.max(slowest, now - at);
      at = now;
    },
    slowest: () => slowest,
  };
};

/** A whole story up to three times while a lap of it is too slow. Every try checks all else itself. */
export const patiently = async (attempt: (laps: Laps) => Promise<void>, monotonic: Monotonic = worked): Promise<number> => {
  let best = Infinity;
  for (let tries = 1; ; tries++) {
    const laps = createLaps(monotonic);
    await attempt(laps);
    best = Math.min(best, laps.slowest());
    if (best < hang || tries === 3) return best;
  }
};
