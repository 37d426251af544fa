/**
 * The neutral page: by one gesture, what stands there is a clock with a date, and nothing of Beside. The same gesture
 * brings it back; only who was told knows it.
 *
 * - It happens within the gesture: nothing is waited for.
 * - The gesture does nothing until its owner switched it on, having read how to come back.
 * - Once hidden, every tab is, and stays so over a reload or a new start of the browser.
 * - It hides; it protects nothing. With a lock, hiding also shuts that.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import { createSetting, type Memory } from "./setting.ts";

export interface Cover {
  readonly on: ReadonlySignal<boolean>;
  /** Whether the gesture does anything. */
  readonly armed: ReadonlySignal<boolean>;
  arm(armed: boolean): void;
  hide(): void;
  show(): void;
}

export const createCover = (memory: Memory, page: Window): Cover => {
  const hidden = createSetting(memory, "beside.hidden");
  const arming = createSetting(memory, "beside.hide");
  const on = computed(() => hidden.value.value === "yes");
  const armed = computed(() => arming.value.value === "yes");
  const set = (next: boolean): void => hidden.choose(next ? "yes" : null);

  listenForGesture(page, () => {
    if (on.value) set(false);
    else if (armed.value) set(true);
  });

  return { on, armed, arm: (next) => arming.choose(next ? "yes" : null), hide: () => set(true), show: () => set(false) };
};

/** Milliseconds between two presses that belong together. */
const twiceWithin = 600;
/** A tap of two fingers: down and up again within this time, and where they were. */
const tapWithin = 400;
const tapMoves = 24;

/** Whether this press is the second of two. Time is the events' own. */
export const createTwice = (within: number): ((at: number) => boolean) => {
  let last = -Infinity;
  return (at) => {
    const isSecond = at - last <= within;
    last = isSecond ? -Infinity : at;
    return isSecond;
  };
};

type Finger = Pick<PointerEvent, "pointerId" | "clientX" | "clientY" | "timeStamp">;

/** Whether this finger's going up ends a tap of exactly two. */
export const createTwoFingers = () => {
  const down = new Map<number, Finger>();
  let most = 0;
  let from = 0;
  let isTap = false;
  const gone = (id: number): boolean => down.delete(id) && down.size === 0;
  return {
    down(finger: Finger): void {
      if (down.size === 0) {
        most = 0;
        from = finger.timeStamp;
        isTap = true;
      }
      down.set(finger.pointerId, finger);
      most = Math.max(most, down.size);
    },
    move(finger: Finger): void {
      const was = down.get(finger.pointerId);
      if (was && Math.hypot(finger.clientX - was.clientX, finger.clientY - was.clientY) > tapMoves) isTap = false;
    },
    up(finger: Finger): boolean {
      return gone(finger.pointerId) && isTap && most === 2 && finger.timeStamp - from <= tapWithin;
    },
    cancel(finger: Finger): void {
      isTap = false;
      gone(finger.pointerId);
    },
  };
};

const listenForGesture = (page: Window, call: () => void): void => {
  const escape = createTwice(twiceWithin);
  const fingers = createTwoFingers();
  const touch = (listener: (event: PointerEvent) => void) => (event: PointerEvent) => {
    if (event.pointerType === "touch") listener(event);
  };
  // First of all listeners: a sheet that Escape closes, a light that is held, have no say in it.
  const early = { capture: true, passive: true };
  page.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && !event.repeat && escape(event.timeStamp)) call();
    },
    early,
  );
  page.addEventListener("pointerdown", touch(fingers.down), early);
  page.addEventListener("pointermove", touch(fingers.move), early);
  page.addEventListener("pointercancel", touch(fingers.cancel), early);
  page.addEventListener(
    "pointerup",
    touch((event) => {
      if (fingers.up(event)) call();
    }),
    early,
  );
};
