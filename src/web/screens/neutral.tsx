/** The neutral page: the time and the day, as on any clock. Pressing the time twice brings Beside back, as the gesture does. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { useApp } from "../app.ts";
import { createTwice } from "../cover.ts";

const minute = 60_000;
/** Slow enough for a switch that scans. */
const twiceWithin = 3000;

export const Neutral = (): JSX.Element => {
  const { times, clock, timer, cover } = useApp();
  const now = useSignal(clock.now());
  const twice = useMemo(() => createTwice(twiceWithin), []);
  useEffect(() => {
    let cancel = (): void => {};
    const tick = (): void => {
      now.value = clock.now();
      cancel = timer.after(minute - (now.value % minute), tick);
    };
    tick();
    return () => cancel();
  }, []);
  return (
    <main class="neutral">
      <button
        type="button"
        onClick={(event) => {
          if (twice(event.timeStamp)) cover.show();
        }}
      >
        {times.clock(now.value)}
      </button>
      <p>{times.day(now.value)}</p>
    </main>
  );
};
