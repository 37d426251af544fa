/**
 * The lock of this device, as a page has it: one for all tabs, over the key of the storage (adapters/data-key.ts).
 *
 * - While it is shut no tab has the key: none holds the Home, nothing is received, nothing is said.
 * - Shutting it in one tab shuts it in all; opening it in one opens it for all.
 * - While it is open every tab has the key, as something that cannot be taken out: whichever tab goes, another can hold
 *   the Home. When the last one went, nobody has it.
 * - What changes the lock takes a proof: the right passphrase or passkey, a moment ago.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { err, ok, type Result } from "../base/result.ts";
import type { Secret } from "../base/secret.ts";
import type { StoreFault } from "../ports/store.ts";
import {
  importKey,
  lockWith,
  openLocked,
  withoutLock,
  withoutPasskey,
  withPasskey,
  withPassphrase,
  type KeyRecord,
  type KeyTools,
  type LockedKey,
  type Opener,
  type Passkey,
} from "./adapters/data-key.ts";
import { openDatabase, readRecord, replaceRecord } from "./adapters/database.ts";
import type { MadePasskey, PasskeyFault, Passkeys } from "./adapters/passkey.ts";

export type LockMessage =
  /** From a tab that has just come. */
  | { readonly is: "hello" }
  /** From the tab that is to hold the Home and has no key. `shut`: somebody shut the lock; otherwise a tab may know it. */
  | { readonly is: "locked"; readonly shut: boolean }
  /** To that tab. */
  | { readonly is: "key"; readonly key: CryptoKey }
  /** To all the others. */
  | { readonly is: "opened"; readonly key: CryptoKey }
  | { readonly is: "lock" }
  /** What opens it is not what it was. */
  | { readonly is: "changed" }
  /** Whether any tab is being looked at. */
  | { readonly is: "anyone" }
  | { readonly is: "looking" };

export interface LockChannel {
  post(message: LockMessage): void;
  listen(listener: (message: LockMessage) => void): void;
}

/** That somebody opened the lock a moment ago; kept only while it is being changed. */
export interface Proof {
  readonly key: Secret;
}
/** `changed`: another tab changed the lock meanwhile. */
export type LockFault = StoreFault | "changed";

export interface DeviceLock {
  /** `shut`: nothing is readable in any tab. */
  readonly state: ReadonlySignal<"open" | "shut">;
  /** What opens it; null while there is no lock. */
  readonly unlockers: ReadonlySignal<{ readonly passkeys: readonly Pick<Passkey, "id" | "salt">[] } | null>;
  readonly canPasskey: boolean;
  /** Nothing while there is no lock. */
  shut(): void;
  open(opener: Opener): Promise<Result<void, "wrong" | StoreFault>>;
  askPasskey(): Promise<Result<Opener, PasskeyFault>>;
  prove(opener: Opener): Promise<Result<Proof, "wrong" | StoreFault>>;
  /** Sets a lock, and shuts it: whoever opens it has shown to be able to. */
  set(passphrase: string): Promise<Result<void, LockFault>>;
  changePassphrase(proof: Proof, passphrase: string): Promise<Result<void, LockFault>>;
  addPasskey(proof: Proof): Promise<Result<void, LockFault | PasskeyFault>>;
  removePasskey(id: Uint8Array): Promise<Result<void, LockFault>>;
  remove(proof: Proof): Promise<Result<void, LockFault>>;
  /** Whether any tab is being looked at, which is asked of all of them. */
  anyoneLooks(): Promise<boolean>;
  /** For the tab that is to hold the Home: the key, once somebody opens the lock. Throws when it waits no longer. */
  key(): Promise<CryptoKey>;
  stopWaiting(): void;
  /** Looks at how the key is kept, when the storage is known to be there. */
  look(): Promise<void>;
}

export const openLockChannel = (home: string): LockChannel => {
  const channel = new BroadcastChannel(`${home}-lock-1`);
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => {
      channel.onmessage = ({ data }: MessageEvent<LockMessage>) => listener(data);
    },
  };
};

export interface LockParts {
  /** Of the storage. */
  readonly name: string;
  readonly channel: LockChannel;
  readonly tools: KeyTools;
  readonly passkeys: Passkeys;
  readonly isLooking: () => boolean;
  /** Calls after a moment in which other tabs can answer. */
  readonly soon: (call: () => void) => void;
}

export const createDeviceLock = ({ name, channel, tools, passkeys, isLooking, soon }: LockParts): DeviceLock => {
  const state = signal<"open" | "shut">("open");
  const unlockers = signal<{ readonly passkeys: readonly Pick<Passkey, "id" | "salt">[] } | null>(null);
  let held: CryptoKey | undefined;
  /** Somebody opened the lock before the tab that is to hold the Home was ready to wait for it. */
  let early: CryptoKey | undefined;
  let waiting: PromiseWithResolvers<CryptoKey> | undefined;
  /** Another tab waits for somebody to open the lock. */
  let isWaitedFor = false;
  let isLooked = false;

  /** The record, in a connection of its own: the storage's is the one writer's. */
  const withRecord = async <T>(
    work: (record: KeyRecord, replace: (next: KeyRecord) => Promise<Result<void, LockFault>>) => Promise<Result<T, LockFault>>,
  ): Promise<Result<T, LockFault>> => {
    const opened = await openDatabase(name);
    if (!opened.ok) return err("gone");
    try {
      const record = await readRecord(opened.value);
      if (!record) return err("gone");
      return await work(record, async (next) => {
        const replaced = await replaceRecord(opened.value, record, next);
        if (!replaced.ok) return replaced;
        if (!replaced.value) return err("changed");
        tell(next);
        channel.post({ is: "changed" });
        return ok(undefined);
      });
    } finally {
      opened.value.close();
    }
  };
  const withLock = <T>(
    work: (record: LockedKey, replace: (next: KeyRecord) => Promise<Result<void, LockFault>>) => Promise<Result<T, LockFault>>,
  ): Promise<Result<T, LockFault>> => withRecord(async (record, replace) => (record.is === "locked" ? work(record, replace) : err("changed")));

  const tell = (record: KeyRecord): void => {
    unlockers.value = record.is === "locked" ? { passkeys: record.passkeys } : null;
  };
  const look = async (): Promise<void> => {
    await withRecord(async (record) => ok(tell(record)));
  };

  const becomeShut = (): void => {
    held = undefined;
    state.value = "shut";
  };
  const hold = (key: CryptoKey): void => {
    held = key;
    early = undefined;
    isWaitedFor = false;
    state.value = "open";
  };
  const give = (key: CryptoKey): void => {
    if (!waiting) {
      early = key;
      return;
    }
    waiting.resolve(key);
    waiting = undefined;
    hold(key);
    channel.post({ is: "opened", key });
  };
  const shut = (): void => {
    if (unlockers.value === null || state.value === "shut") return;
    channel.post({ is: "lock" });
    early = undefined;
    becomeShut();
  };

  const prove = async (opener: Opener): Promise<Result<Proof, "wrong" | StoreFault>> => {
    const proved = await withLock(async (record) => {
      const key = await openLocked(record, opener, tools);
      return ok(key ? { key } : null);
    });
    if (!proved.ok) return err(proved.error === "changed" ? "wrong" : proved.error);
    return proved.value ? ok(proved.value) : err("wrong");
  };

  channel.listen((message) => {
    switch (message.is) {
      case "hello":
        if (waiting) channel.post({ is: "locked", shut: true });
        else if (held) channel.post({ is: "opened", key: held });
        return;
      case "locked":
        if (held && !message.shut) {
          channel.post({ is: "key", key: held });
          return;
        }
        isWaitedFor = true;
        becomeShut();
        void look();
        return;
      case "lock":
        early = undefined;
        becomeShut();
        return;
      case "opened":
        if (waiting) give(message.key);
        else hold(message.key);
        return;
      case "key":
        give(message.key);
        return;
      case "changed":
        void look();
        return;
      case "anyone":
        if (isLooking()) channel.post({ is: "looking" });
        return;
      case "looking":
        isLooked = true;
        return;
    }
  });
  channel.post({ is: "hello" });

  return {
    state,
    unlockers,
    canPasskey: passkeys.possible,
    shut,
    look,
    prove,
    askPasskey: () => passkeys.ask(unlockers.value?.passkeys ?? []),
    async key() {
      if (held) return held;
      const wasShut = state.value === "shut";
      const { promise } = (waiting = Promise.withResolvers<CryptoKey>());
      if (early) {
        give(early);
        return promise;
      }
      becomeShut();
      channel.post({ is: "locked", shut: wasShut });
      void look();
      return promise;
    },
    stopWaiting() {
      waiting?.reject(new Error("nobody waits for the key any more"));
      waiting = undefined;
    },
    async open(opener) {
      const proved = await prove(opener);
      if (!proved.ok) return proved;
      const key = await importKey(proved.value.key);
      if (!waiting) channel.post({ is: "key", key });
      give(key);
      return ok(undefined);
    },
    async set(passphrase) {
      const done = await withRecord(async (record, replace) => {
        if (record.is === "locked") return err("changed");
        // What lies there is not sealed anew yet, for want of room.
        if (record.previous) return err("full");
        return replace(await lockWith(record, passphrase, tools));
      });
      if (done.ok) shut();
      return done;
    },
    changePassphrase: ({ key }, passphrase) => withLock(async (record, replace) => replace(await withPassphrase(record, key, passphrase, tools))),
    async addPasskey({ key }) {
      const made: Result<MadePasskey, PasskeyFault> = await passkeys.make(unlockers.value?.passkeys ?? []);
      if (!made.ok) return made;
      return withLock(async (record, replace) => replace(await withPasskey(record, key, made.value)));
    },
    removePasskey: (id) => withLock((record, replace) => replace(withoutPasskey(record, id))),
    remove: ({ key }) =>
      withLock(async (record, replace) => {
        const open = await withoutLock(record, key);
        // Shut meanwhile, by another hand or tab: who waits for it to be opened waits for this lock.
        return waiting || isWaitedFor ? err("changed") : replace(open);
      }),
    anyoneLooks() {
      isLooked = false;
      channel.post({ is: "anyone" });
      return new Promise((resolve) => soon(() => resolve(isLooked || isLooking())));
    },
  };
};
