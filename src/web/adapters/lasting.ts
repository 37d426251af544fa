/** Whether the browser promised not to throw away what is kept here (navigator.storage.persist), as far as it says. */
import { signal, type ReadonlySignal } from "@preact/signals";

export interface Lasting {
  /** `null`: not known, or a browser that has no such promise to give. */
  readonly lasts: ReadonlySignal<boolean | null>;
  /** Some browsers ask their person: so only when something was just done that is worth keeping. */
  ask(): void;
}

type Manager = Partial<Pick<StorageManager, "persist" | "persisted">>;

export const createLasting = (storage: Manager | undefined): Lasting => {
  const lasts = signal<boolean | null>(null);
  const hear = async (answer: Promise<boolean> | undefined): Promise<void> => {
    try {
      lasts.value = (await answer) ?? null;
    } catch {
      // A page that may keep nothing is told so elsewhere.
    }
  };
  void hear(storage?.persisted?.());
  return { lasts, ask: () => void hear(storage?.persist?.()) };
};
