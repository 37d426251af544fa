/**
 * What a person chose for this device: own-only, and remembered by this browser alone. A browser that remembers nothing
 * asks again next time.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

/** Asked each time, and may refuse even to be had: a browser that blocks a page's data does. */
export type Memory = () => Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface Setting {
  /** Null: nothing was chosen. */
  readonly value: ReadonlySignal<string | null>;
  choose(value: string | null): void;
}

export const createSetting = (memory: Memory, name: string): Setting => {
  const value = signal(recall(memory, name));
  return {
    value,
    choose(next) {
      value.value = next;
      try {
        if (next === null) memory().removeItem(name);
        else memory().setItem(name, next);
      } catch {
        // It holds until the page is closed.
      }
    },
  };
};

const recall = (memory: Memory, name: string): string | null => {
  try {
    return memory().getItem(name);
  } catch {
    return null;
  }
};
