/**
 * The lock shuts by itself when no tab was looked at for a while. How long is remembered by this browser alone.
 *
 * A page that the system stopped in the meantime, with the machine asleep or the phone in a pocket, cannot look at its
 * clock: it does so first of all when it is seen again.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Millis } from "../base/brand.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { DeviceLock } from "./device-lock.ts";
import { createSetting, type Memory } from "./setting.ts";

export const shutAfters = { "at-once": 0, "five-minutes": 5 * 60_000, "one-hour": 60 * 60_000, never: Infinity } as const satisfies Record<string, Millis>;
export type ShutAfter = keyof typeof shutAfters;

const usual: ShutAfter = "five-minutes";
/** Within it another tab says that it is being looked at. */
export const answerWithin: Millis = 1000;

export interface ShutWhen {
  readonly after: ReadonlySignal<ShutAfter>;
  choose(after: ShutAfter): void;
}

const isShutAfter = (value: string | null): value is ShutAfter => value !== null && Object.hasOwn(shutAfters, value);

export const createShutWhen = (memory: Memory): ShutWhen => {
  const setting = createSetting(memory, "beside.shut-after");
  return { after: computed(() => (isShutAfter(setting.value.value) ? setting.value.value : usual)), choose: setting.choose };
};

interface Hidden {
  readonly lock: Pick<DeviceLock, "shut" | "anyoneLooks">;
  readonly after: () => ShutAfter;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly page: Pick<Document, "visibilityState" | "addEventListener">;
}

export const shutWhenHidden = ({ lock, after, clock, timer, page }: Hidden): void => {
  let since: Millis | undefined;
  let isDecided = false;
  let cancel = (): void => {};

  const decide = async (): Promise<void> => {
    const looks = await lock.anyoneLooks();
    if (since === undefined) return;
    isDecided = true;
    if (!looks) lock.shut();
  };
  const look = (): void => {
    cancel();
    const wait = shutAfters[after()];
    if (page.visibilityState !== "visible") {
      since ??= clock.now();
      isDecided = false;
      if (wait < Infinity) cancel = timer.after(wait, () => void decide());
      return;
    }
    if (since !== undefined && !isDecided && clock.now() - since >= wait + answerWithin) lock.shut();
    since = undefined;
  };
  page.addEventListener("visibilitychange", look);
  look();
};
