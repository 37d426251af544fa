/**
 * What a person chose for this device: own-only, and remembered by this browser alone. A browser that remembers nothing
 * asks again next time.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

export interface Memory {
  /** Asked each time, and may refuse even to be had: a browser that blocks a page's data does. */
  readonly storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Calls when another tab chose something. */
  readonly watch: (changed: () => void) => void;
}

/** What the tabs of this browser share. */
export const browserMemory = (window: Window): Memory => ({
  storage: () => window.localStorage,
  watch: (changed) => window.addEventListener("storage", changed),
});

export interface Setting {
  /** Null: nothing was chosen. */
  readonly value: ReadonlySignal<string | null>;
  choose(value: string | null): void;
}

export const createSetting = (memory: Memory, name: string): Setting => {
  const value = signal(recall(memory, name));
  memory.watch(() => (value.value = recall(memory, name)));
  return {
    value,
    choose(next) {
      value.value = next;
      try {
        if (next === null) memory.storage().removeItem(name);
        else memory.storage().setItem(name, next);
      } catch {
        // It holds until the page is closed.
      }
    },
  };
};

const recall = (memory: Memory, name: string): string | null => {
  try {
    return memory.storage().getItem(name);
  } catch {
    return null;
  }
};
