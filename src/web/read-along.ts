/** What a bond keeps, read when a room opens and again whenever the bond changes. */
import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Bond } from "../line/home.ts";

/** `first` until the first read is done; nothing is set once the room is closed. */
export const useReadAlong = <T>(bond: Bond, first: T, read: () => Promise<T>): Signal<T> => {
  const found = useSignal(first);
  useEffect(() => {
    let isGone = false;
    const look = async (): Promise<void> => {
      try {
        const now = await read();
        if (!isGone) found.value = now;
      } catch {
        // The storage is gone: the field says so.
      }
    };
    void look();
    const stop = bond.watch(() => void look());
    return () => {
      isGone = true;
      stop();
    };
  }, [bond]);
  return found;
};
