/** What a browser remembers, for tests: two settings on the same one are two tabs. */
import type { Memory } from "./setting.ts";

export const rememberingMemory = (): Memory => {
  const kept = new Map<string, string>();
  const tabs: (() => void)[] = [];
  const tell = (): void => tabs.forEach((changed) => changed());
  return {
    storage: () => ({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => {
        kept.set(key, value);
        tell();
      },
      removeItem: (key) => {
        kept.delete(key);
        tell();
      },
    }),
    watch: (changed) => void tabs.push(changed),
  };
};
