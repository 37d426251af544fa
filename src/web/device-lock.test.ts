import "fake-indexeddb/auto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ok } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import type { Argon2id } from "../ports/words.ts";
import { importKey, openLocked, type KeyRecord, type LockedKey, type Opener } from "./adapters/data-key.ts";
import { openDatabase, readRecord } from "./adapters/database.ts";
import { openIndexedDbStore, type DeviceStore } from "./adapters/indexeddb-store.ts";
import { killedAfter } from "./adapters/killed.testing.ts";
import type { Passkeys } from "./adapters/passkey.ts";
import { machineRandom } from "./adapters/random.ts";
import { createDeviceLock, type DeviceLock, type LockMessage } from "./device-lock.ts";

let count = 0;
const freshName = (): string => `lock-${count++}`;

/** As Argon2id is, but quick: it depends on both, and on nothing else. */
const quick: Argon2id = async (password, salt) => new Uint8Array(await crypto.subtle.digest("SHA-256", Buffer.concat([password, salt])));
const tools = { random: machineRandom, argon2id: quick };

/** An authenticator: each passkey has a secret of its own, and makes the same of the same salt each time. */
const createAuthenticator = () => {
  const secrets = new Map<string, Uint8Array>();
  const make = async (id: Uint8Array, salt: Uint8Array): Promise<Secret> =>
    new Secret(await quick(secrets.get(Buffer.from(id).toString("hex")) ?? new Uint8Array(), salt));
  const openerOf = async ({ id, salt }: { readonly id: Uint8Array; readonly salt: Uint8Array }): Promise<Opener> => ({
    by: "passkey",
    id,
    made: await make(id, salt),
  });
  const passkeys: Passkeys = {
    possible: true,
    async make() {
      const [id, salt] = [machineRandom(16), machineRandom(32)];
      secrets.set(Buffer.from(id).toString("hex"), machineRandom(32));
      return ok({ id, salt, made: await make(id, salt) });
    },
    async ask([first]) {
      return first ? ok(await openerOf(first)) : { ok: false, error: "not-done" };
    },
  };
  return { passkeys, openerOf };
};

/** The tabs of one browser: each hears what the others say, one turn later. */
const createBrowser = (name: string) => {
  const listeners: ((message: LockMessage) => void)[] = [];
  const looking = new Set<number>();
  const { passkeys, openerOf } = createAuthenticator();
  const said: LockMessage[] = [];
  return {
    said,
    looking,
    openerOf,
    tab(): DeviceLock {
      const own = listeners.length;
      listeners.push(() => {});
      return createDeviceLock({
        name,
        channel: {
          post: (message) => {
            said.push(message);
            queueMicrotask(() => listeners.forEach((listener, at) => at !== own && listener(message)));
          },
          listen: (listener) => (listeners[own] = listener),
        },
        tools,
        passkeys,
        isLooking: () => looking.has(own),
        soon: (call) => setImmediate(call),
      });
    },
  };
};

const storeWith = async (name: string, unlock: (record: LockedKey) => Promise<CryptoKey>): Promise<DeviceStore> => {
  const opened = await openIndexedDbStore({ name, random: machineRandom, unlock });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
};
const noLock = (): Promise<CryptoKey> => Promise.reject(new Error("there is a lock"));

const recordOf = async (name: string): Promise<KeyRecord> => {
  const opened = await openDatabase(name);
  const record = opened.ok ? await readRecord(opened.value) : undefined;
  if (opened.ok) opened.value.close();
  if (!record) throw new Error("no record");
  return record;
};
const byPhrase = (passphrase: string): Opener => ({ by: "passphrase", passphrase });
const proofOf = async (lock: DeviceLock, opener: Opener) => {
  const proved = await lock.prove(opener);
  if (!proved.ok) throw new Error(proved.error);
  return proved.value;
};
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("with a lock nothing on the disk opens what is kept but what was set; without it, everything is there as before", async () => {
  const name = freshName();
  const store = await storeWith(name, noLock);
  await store.write({ put: [["a", new Uint8Array([1, 2, 3])]] });
  store.close();
  const lock = createBrowser(name).tab();
  expect(await lock.set("four words of mine")).toEqual(ok(undefined));
  const record = await recordOf(name);
  // No key that is usable lies there, only sealed bytes.
  expect(JSON.stringify(Object.values(record).map((value) => value instanceof CryptoKey))).not.toContain("true");
  expect(record.is).toBe("locked");
  await expect(storeWith(name, noLock)).rejects.toThrow("unavailable");
  const proof = await proofOf(lock, byPhrase("four words of mine"));
  const again = await storeWith(name, () => importKey(proof.key));
  expect(await again.get("a")).toEqual(new Uint8Array([1, 2, 3]));
  await again.write({ put: [["b", new Uint8Array([4])]] });
  expect((await recordOf(name)).previous).toBeNull();
  expect(await lock.remove(proof)).toEqual(ok(undefined));
  again.close();
  const open = await storeWith(name, noLock);
  expect(await open.list("")).toEqual([
    ["a", new Uint8Array([1, 2, 3])],
    ["b", new Uint8Array([4])],
  ]);
});

test("setting a lock makes a new data key: the one that lay open, kept in an old backup of the disk, opens nothing that comes after", async () => {
  const name = freshName();
  const store = await storeWith(name, noLock);
  await store.write({ put: [["a", new Uint8Array([1])]] });
  store.close();
  const before = await recordOf(name);
  const lock = createBrowser(name).tab();
  await lock.set("passphrase");
  const proof = await proofOf(lock, byPhrase("passphrase"));
  (await storeWith(name, () => importKey(proof.key))).close();
  const opened = await openDatabase(name);
  if (!opened.ok) throw new Error(opened.error);
  await opened.value.put("keys", before, "data");
  opened.value.close();
  const older = await storeWith(name, noLock);
  await expect(older.get("a")).rejects.toThrow();
});

test("a passphrase typed composed or decomposed is the same one", async () => {
  const name = freshName();
  (await storeWith(name, noLock)).close();
  const lock = createBrowser(name).tab();
  await lock.set("pâte à crêpes");
  expect((await lock.prove(byPhrase("pâte à crêpes".normalize("NFD")))).ok).toBe(true);
  expect(await lock.prove(byPhrase("pate a crepes"))).toEqual({ ok: false, error: "wrong" });
});

test("a lock is one for all tabs: shut in one it is shut in all, and opened in one the tab that waits gets the key", async () => {
  const name = freshName();
  const browser = createBrowser(name);
  const [one, two] = [browser.tab(), browser.tab()];
  (await storeWith(name, noLock)).close();
  one.shut();
  expect(one.state.value).toBe("open");
  await one.set("passphrase");
  expect(one.state.value).toBe("shut");
  await settle();
  expect(two.state.value).toBe("shut");
  const key = one.key();
  const late = browser.tab();
  await settle();
  expect([late.state.value, late.unlockers.value]).toEqual(["shut", { passkeys: [] }]);
  expect(await two.open(byPhrase("another"))).toEqual({ ok: false, error: "wrong" });
  expect(await two.open(byPhrase("passphrase"))).toEqual(ok(undefined));
  expect((await key).extractable).toBe(false);
  await settle();
  expect([one, two, late].map(({ state }) => state.value)).toEqual(["open", "open", "open"]);
  late.shut();
  await settle();
  expect([one, two, late].map(({ state }) => state.value)).toEqual(["shut", "shut", "shut"]);
  // Nothing that the tabs say holds the passphrase, or a key that could be taken out.
  expect(JSON.stringify(browser.said)).not.toContain("passphrase");
  for (const message of browser.said) if ("key" in message) expect(message.key.extractable).toBe(false);
});

test("while it is open a tab that takes the Home over has the key, also one that has just come; once it is shut none has", async () => {
  const name = freshName();
  (await storeWith(name, noLock)).close();
  const browser = createBrowser(name);
  const [one, two] = [browser.tab(), browser.tab()];
  await one.set("passphrase");
  const first = one.key();
  await two.open(byPhrase("passphrase"));
  const key = await first;
  await settle();
  expect(await two.key()).toBe(key);
  const three = browser.tab();
  // It does not know yet that there is a lock, and asks before anyone has told it.
  expect(await three.key()).toBe(key);
  await settle();
  expect([one, two, three].map(({ state }) => state.value)).toEqual(["open", "open", "open"]);
  two.shut();
  await settle();
  let isGiven = false;
  void one.key().then(() => (isGiven = true));
  await settle();
  expect([isGiven, browser.tab().state.value, two.state.value, three.state.value]).toEqual([false, "open", "shut", "shut"]);
});

test("opened before any tab was ready to wait for it, it is open; shut again meanwhile, it is shut", async () => {
  const name = freshName();
  (await storeWith(name, noLock)).close();
  const browser = createBrowser(name);
  const [one, two] = [browser.tab(), browser.tab()];
  await one.set("passphrase");
  await settle();
  await two.open(byPhrase("passphrase"));
  await settle();
  expect((await one.key()).type).toBe("secret");
  await settle();
  expect([one.state.value, two.state.value]).toEqual(["open", "open"]);
  one.shut();
  await settle();
  await two.open(byPhrase("passphrase"));
  await settle();
  expect((await two.key()).type).toBe("secret");
  await settle();
  two.shut();
  await settle();
  let isGiven = false;
  void one.key().then(() => (isGiven = true));
  await settle();
  expect(isGiven).toBe(false);
});

test("whether anyone looks is asked of all tabs", async () => {
  const name = freshName();
  const browser = createBrowser(name);
  const one = browser.tab();
  browser.tab();
  expect(await one.anyoneLooks()).toBe(false);
  browser.looking.add(1);
  expect(await one.anyoneLooks()).toBe(true);
});

test("a change over one that another tab made is not made", async () => {
  const name = freshName();
  (await storeWith(name, noLock)).close();
  const browser = createBrowser(name);
  const [one, two] = [browser.tab(), browser.tab()];
  await one.set("first of all");
  const proof = await proofOf(one, byPhrase("first of all"));
  const both = await Promise.all([one.changePassphrase(proof, "the second"), two.changePassphrase(proof, "the third")]);
  expect(both.map((done) => (done.ok ? "done" : done.error)).toSorted()).toEqual(["changed", "done"]);
  expect(await one.set("over it")).toEqual({ ok: false, error: "changed" });
});

type Step =
  | { readonly do: "set" | "change"; readonly to: string; readonly kill: number }
  | { readonly do: "add" | "remove-passkey" | "off" | "reopen" | "write"; readonly kill: number };

const phrase = fc.constantFrom("first of all", "second of all", "third of all");
// Mostly nothing goes wrong.
const kill = fc.oneof({ weight: 2, arbitrary: fc.constant(99) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("set" as const, "change" as const), to: phrase, kill }),
  fc.record({ do: fc.constantFrom("add" as const, "remove-passkey" as const, "off" as const, "reopen" as const, "write" as const), kill }),
);

test("after any changes of a lock, cut off anywhere, all that was kept opens with what opens it now, and with nothing that was taken away", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const name = freshName();
      const { tab, openerOf } = createBrowser(name);
      const lock = tab();
      const kept: Record<string, number> = { first: 1 };
      /** Everything that ever opened it. */
      const ever = new Map<string, Opener>([["nothing", byPhrase("nothing")]]);
      const openersOf = async (record: KeyRecord): Promise<string[]> => {
        if (record.is === "open") return ["anyone"];
        const which = await Promise.all([...ever].map(async ([called, opener]) => ((await openLocked(record, opener, tools)) ? called : "")));
        return which.filter((called) => called !== "").toSorted();
      };
      const keyBy = async (record: LockedKey): Promise<CryptoKey> => {
        for (const opener of ever.values()) {
          const key = await openLocked(record, opener, tools);
          if (key) return importKey(key);
        }
        throw new Error("nothing opens it any more");
      };
      const start = await storeWith(name, noLock);
      await start.write({ put: [["first", new Uint8Array([1])]] });
      start.close();
      /** What must open it, and nothing else. */
      let openers: readonly string[] = ["anyone"];

      for (const [at, one] of steps.entries()) {
        const record = await recordOf(name);
        const proof = record.is === "locked" ? { key: (await openLocked(record, ever.get(openers[0] as string) as Opener, tools)) as Secret } : undefined;
        const without = (called: string): string[] => openers.filter((opener) => opener !== called);
        const passkey = openers.find((called) => called.startsWith("passkey"));
        let after = openers;
        const wasKilled = await killedAfter(one.kill, async () => {
          switch (one.do) {
            case "set":
              if (proof) return;
              ever.set(one.to, byPhrase(one.to));
              // Refused where sealing anew was cut off before it was done: nothing changes then.
              if (!record.previous) after = [one.to];
              await lock.set(one.to);
              return;
            case "change":
              if (!proof) return;
              ever.set(one.to, byPhrase(one.to));
              after = [...openers.filter((called) => called.startsWith("passkey")), one.to].toSorted();
              await lock.changePassphrase(proof, one.to);
              return;
            case "add": {
              if (!proof) return;
              const before = record.is === "locked" ? record.passkeys.length : 0;
              await lock.addPasskey(proof);
              const now = await recordOf(name);
              if (now.is !== "locked" || now.passkeys.length === before) return;
              const added = now.passkeys.at(-1);
              if (!added) return;
              ever.set(`passkey ${at}`, await openerOf(added));
              after = [...openers, `passkey ${at}`].toSorted();
              return;
            }
            case "remove-passkey": {
              const opener = passkey === undefined ? undefined : ever.get(passkey);
              if (passkey === undefined || opener?.by !== "passkey") return;
              after = without(passkey);
              await lock.removePasskey(opener.id);
              return;
            }
            case "off":
              if (!proof) return;
              after = ["anyone"];
              await lock.remove(proof);
              return;
            case "reopen":
              (await storeWith(name, keyBy)).close();
              return;
            case "write": {
              const store = await storeWith(name, keyBy);
              const written = await store.write({ put: [[`at ${at}`, new Uint8Array([at])]] });
              if (written.ok) kept[`at ${at}`] = at;
              store.close();
              return;
            }
          }
        });
        const now = await openersOf(await recordOf(name));
        if (wasKilled) expect([openers, after]).toContainEqual(now);
        else expect(now).toEqual(after);
        openers = now;
      }
      const store = await storeWith(name, keyBy);
      expect(Object.fromEntries((await store.list("")).map(([called, value]) => [called, value[0]]))).toEqual(kept);
      store.close();
      // Whatever was cut off, nothing lies under an older key in the end.
      expect((await recordOf(name)).previous).toBeNull();
    }),
    { numRuns: 60 },
  );
});

test("a lock that another hand shuts while it is being taken off stays, and opens as before", async () => {
  const name = freshName();
  (await storeWith(name, noLock)).close();
  const lock = createBrowser(name).tab();
  await lock.set("four words of mine");
  const begun = lock.key();
  await lock.open(byPhrase("four words of mine"));
  await begun;
  const proof = await proofOf(lock, byPhrase("four words of mine"));
  lock.shut();
  const waiting = lock.key();
  expect(await lock.remove(proof)).toEqual({ ok: false, error: "changed" });
  expect(await lock.open(byPhrase("four words of mine"))).toEqual(ok(undefined));
  await waiting;
});
