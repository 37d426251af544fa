/** Time that the development page moves. Only the test roots below this folder can import it. */
import type { Millis } from "../../base/brand.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Timer } from "../../ports/timer.ts";

export interface MovableTime {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Sets how far wall time stands from the machine's. Forwards, it takes the monotonic time along and calls what became due. */
  move(offset: Millis): void;
}

export const createMovableTime = (machine: Clock, machineTimer: Timer): MovableTime => {
  let offset = 0;
  let passed = 0;
  let cancel = (): void => {};
  const waiting = new Set<{ readonly due: Millis; readonly call: () => void }>();
  const clock: Clock = { now: () => machine.now() + offset, monotonic: () => machine.monotonic() + passed };

  const arrange = (): void => {
    cancel();
    cancel = () => {};
    if (waiting.size > 0) cancel = machineTimer.after(Math.max(0, Math.min(...[...waiting].map(({ due }) => due)) - clock.monotonic()), callDue);
  };
  const callDue = (): void => {
    const due = [...waiting].filter((one) => one.due <= clock.monotonic()).toSorted((a, b) => a.due - b.due);
    // One that is called may take back another.
    for (const one of due) if (waiting.delete(one)) one.call();
    arrange();
  };

  return {
    clock,
    timer: {
      after(delay, call) {
        const one = { due: clock.monotonic() + delay, call };
        waiting.add(one);
        arrange();
        return () => {
          if (waiting.delete(one)) arrange();
        };
      },
    },
    move(to) {
      passed += Math.max(0, to - offset);
      offset = to;
      callDue();
    },
  };
};
