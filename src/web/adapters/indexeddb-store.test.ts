import "fake-indexeddb/auto";
import { openDB } from "idb";
import { expect, test } from "vitest";
import { storeContract } from "../../testing/store-contract.ts";
import { exposeOpen, importKey, type KeyRecord, type LockedKey, type OpenKey } from "./data-key.ts";
import { StorageGone } from "../../ports/store.ts";
import { openIndexedDbStore, type DeviceStore } from "./indexeddb-store.ts";
import { killedAfter } from "./killed.testing.ts";
import { machineRandom } from "./random.ts";

let count = 0;
const freshName = (): string => `test-${count++}`;
const open = (name: string, unlock: (record: LockedKey) => Promise<CryptoKey> = () => Promise.reject(new Error("no lock was set"))) =>
  openIndexedDbStore({ name, random: machineRandom, unlock });
const opened = async (name: string): Promise<DeviceStore> => {
  const result = await open(name);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

storeContract("the IndexedDB store", async () => {
  const name = freshName();
  const store = await opened(name);
  return {
    store,
    reopen: async () => {
      store.close();
      return opened(name);
    },
  };
});

test("what lies in the database is sealed, and its key cannot be taken out", async () => {
  const name = freshName();
  const store = await opened(name);
  const secret = new TextEncoder().encode("a secret that must not lie open");
  await store.write({ put: [["a", secret]] });
  store.close();
  const raw = await openDB(name, 2);
  const lying = (await raw.get("values", "a")) as Uint8Array;
  expect(Buffer.from(lying).includes(Buffer.from(secret))).toBe(false);
  const record = (await raw.get("keys", "data")) as OpenKey;
  expect(record.guard.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("raw", record.guard)).rejects.toThrow();
  expect(Buffer.from(record.sealed).includes(Buffer.from((await exposeOpen(record)).expose()))).toBe(false);
  const key = await importKey(await exposeOpen(record));
  expect(key.extractable).toBe(false);
});

test("a value moved under another name is not accepted", async () => {
  const name = freshName();
  const store = await opened(name);
  await store.write({ put: [["a", new Uint8Array([1])]] });
  const raw = await openDB(name, 2);
  await raw.put("values", await raw.get("values", "a"), "b");
  await expect(store.get("b")).rejects.toThrow(StorageGone);
});

test("a database from a newer Beside is refused, and left as it is", async () => {
  const name = freshName();
  (await openDB(name, 7)).close();
  expect(await open(name)).toEqual({ ok: false, error: "newer" });
});

test("when another opens a newer version, this store lets go and says so", async () => {
  const name = freshName();
  const store = await opened(name);
  const newer = await openDB(name, 3);
  expect(await store.write({ put: [["a", new Uint8Array([1])]] })).toEqual({ ok: false, error: "gone" });
  await expect(store.get("a")).rejects.toThrow(StorageGone);
  newer.close();
});

test("no room is `full`, and nothing of the write is there", async () => {
  const name = freshName();
  const store = await opened(name);
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...args) {
    if (this.name === "values" && args[1] === "b") throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, args);
  };
  try {
    expect(
      await store.write({
        put: [
          ["a", new Uint8Array([1])],
          ["b", new Uint8Array([1])],
        ],
      }),
    ).toEqual({ ok: false, error: "full" });
    expect(await store.get("a")).toBeUndefined();
  } finally {
    IDBObjectStore.prototype.put = put;
  }
});

/** A storage as release 0.1 left it: values under a key that only the browser has, and nothing else. */
const asOfRelease01 = async (name: string, values: Readonly<Record<string, Uint8Array>>): Promise<void> => {
  const raw = await openDB(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore("keys");
      fresh.createObjectStore("values");
    },
  });
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await raw.put("keys", key, "wrap");
  for (const [entry, value] of Object.entries(values)) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(entry) }, key, new Uint8Array(value));
    await raw.put("values", Buffer.concat([iv, new Uint8Array(sealed)]), entry);
  }
  raw.close();
};

const manyValues = Object.fromEntries(Array.from({ length: 1100 }, (_, at) => [`v/${String(at).padStart(4, "0")}`, new Uint8Array([at % 256, 7])]));
const all = async (store: DeviceStore): Promise<Record<string, Uint8Array>> => Object.fromEntries(await store.list(""));

test("a storage of release 0.1 opens with all that is in it, and its key is gone once nothing needs it", async () => {
  const name = freshName();
  await asOfRelease01(name, manyValues);
  const store = await opened(name);
  expect(await all(store)).toEqual(manyValues);
  store.close();
  const raw = await openDB(name, 2);
  expect(await raw.getAllKeys("keys")).toEqual(["data"]);
  expect(((await raw.get("keys", "data")) as KeyRecord).previous).toBeNull();
  raw.close();
  expect(await all(await opened(name))).toEqual(manyValues);
});

test("a storage of release 0.1 whose upgrade is cut off at any step opens all the same, and is upgraded in the end", async () => {
  for (let steps = 0; ; steps++) {
    const name = freshName();
    await asOfRelease01(name, manyValues);
    const wasKilled = await killedAfter(steps, async () => {
      await open(name);
    });
    const store = await opened(name);
    expect(await all(store)).toEqual(manyValues);
    store.close();
    if (!wasKilled) {
      // The record, three steps of values, and the record without the old key.
      expect(steps).toBe(5);
      return;
    }
  }
});

test("with no room to seal anew, both keys open what lies there, and the next start goes on", async () => {
  const name = freshName();
  await asOfRelease01(name, manyValues);
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...args) {
    if (this.name === "values" && args[1] === "v/0600") throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, args);
  };
  const store = await opened(name);
  IDBObjectStore.prototype.put = put;
  await store.write({ put: [["new", new Uint8Array([1])]] });
  expect(await all(store)).toEqual({ ...manyValues, new: new Uint8Array([1]) });
  store.close();
  expect(await all(await opened(name))).toEqual({ ...manyValues, new: new Uint8Array([1]) });
  const raw = await openDB(name, 2);
  expect(((await raw.get("keys", "data")) as KeyRecord).previous).toBeNull();
});

test("a storage of release 0.1 on a full disk opens with its own key, and is upgraded when there is room", async () => {
  const name = freshName();
  await asOfRelease01(name, { a: new Uint8Array([7]) });
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("no room", "QuotaExceededError");
  };
  const store = await opened(name);
  IDBObjectStore.prototype.put = put;
  expect(await store.get("a")).toEqual(new Uint8Array([7]));
  store.close();
  expect(await (await opened(name)).get("a")).toEqual(new Uint8Array([7]));
});

test("a value that could not be opened this once keeps the key that opens it", async () => {
  const name = freshName();
  await asOfRelease01(name, { a: new Uint8Array([1]), b: new Uint8Array([2]) });
  const decrypt = crypto.subtle.decrypt.bind(crypto.subtle);
  let isFailed = false;
  crypto.subtle.decrypt = (how, key, data) => {
    const label = new TextDecoder().decode((how as AesGcmParams).additionalData as Uint8Array);
    if (label !== "a" || isFailed) return decrypt(how, key, data);
    isFailed = true;
    return Promise.reject(new DOMException("this once", "OperationError"));
  };
  const store = await opened(name);
  crypto.subtle.decrypt = decrypt;
  store.close();
  expect(await all(await opened(name))).toEqual({ a: new Uint8Array([1]), b: new Uint8Array([2]) });
});
