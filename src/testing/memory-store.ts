/**
 * The Store port in memory, with the accidents of a real one at hand: a full disk, storage taken away, and a crash
 * between asking for a write and having it. What was acknowledged survives a crash; what was not is lost whole.
 */
import { err, ok, type Result } from "../base/result.ts";
import { StorageGone, type Store, type StoreChange, type StoreFault } from "../ports/store.ts";

export interface MemoryStore extends Store {
  /** Every write is refused with this, until told otherwise with `null`; what is `gone` is not read either. */
  fail(fault: StoreFault | null): void;
  /** Writes wait from now on; `release` lets them through, in order. */
  hold(): void;
  release(): void;
  /** The process ends here: held writes never happened, this handle is dead; the answer is the store as the next one finds it. */
  crash(): MemoryStore;
  /** How many writes were acknowledged. */
  readonly writes: number;
}

export const createMemoryStore = (disk: ReadonlyMap<string, Uint8Array> = new Map()): MemoryStore => {
  const durable = new Map(disk);
  let fault: StoreFault | null = null;
  let dead = false;
  let writes = 0;
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;

  const commit = (change: StoreChange): Result<void, StoreFault> => {
    if (dead) return err("gone");
    if (fault) return err(fault);
    for (const [key, value] of change.put ?? []) durable.set(key, value.slice());
    for (const key of change.delete ?? []) durable.delete(key);
    writes++;
    return ok(undefined);
  };

  const read = (): ReadonlyMap<string, Uint8Array> => {
    if (fault === "gone") throw new StorageGone("the storage was taken away");
    return durable;
  };

  return {
    get writes() {
      return writes;
    },
    async get(key) {
      return read().get(key)?.slice();
    },
    async list(prefix, { after, limit = Infinity, reverse = false } = {}) {
      const beyond = (key: string): boolean => after === undefined || (reverse ? key < after : key > after);
      const keys = [...read().keys()].filter((key) => key.startsWith(prefix) && beyond(key)).sort(byCodeUnits);
      if (reverse) keys.reverse();
      return keys.slice(0, limit).map((key) => [key, (durable.get(key) as Uint8Array).slice()] as const);
    },
    async keys(prefix) {
      return [...read().keys()].filter((key) => key.startsWith(prefix)).sort(byCodeUnits);
    },
    async write(change) {
      // A copy, as a disk makes one: later changes to the caller's bytes are not ours.
      const asked: StoreChange = { put: (change.put ?? []).map(([key, value]) => [key, value.slice()] as const), delete: [...(change.delete ?? [])] };
      await gate?.opened;
      return commit(asked);
    },
    fail(next) {
      fault = next;
    },
    hold() {
      if (gate) return;
      let open = (): void => {};
      const opened = new Promise<void>((resolve) => (open = resolve));
      gate = { opened, open };
    },
    release() {
      gate?.open();
      gate = undefined;
    },
    crash() {
      dead = true;
      gate?.open();
      return createMemoryStore(durable);
    },
  };
};

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
