import "fake-indexeddb/auto";
import { openDB } from "idb";
import { expect, test } from "vitest";
import { storeContract } from "../../testing/store-contract.ts";
import { openIndexedDbStore, StorageGone, type DeviceStore } from "./indexeddb-store.ts";

let count = 0;
const freshName = (): string => `test-${count++}`;
const opened = async (name: string): Promise<DeviceStore> => {
  const result = await openIndexedDbStore(name);
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
  const raw = await openDB(name, 1);
  const lying = (await raw.get("values", "a")) as Uint8Array;
  expect(Buffer.from(lying).includes(Buffer.from(secret))).toBe(false);
  const key = (await raw.get("keys", "wrap")) as CryptoKey;
  expect(key.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
});

test("a value moved under another name is not accepted", async () => {
  const name = freshName();
  const store = await opened(name);
  await store.write({ put: [["a", new Uint8Array([1])]] });
  const raw = await openDB(name, 1);
  await raw.put("values", await raw.get("values", "a"), "b");
  await expect(store.get("b")).rejects.toThrow(StorageGone);
});

test("a database from a newer Beside is refused, and left as it is", async () => {
  const name = freshName();
  (await openDB(name, 7)).close();
  expect(await openIndexedDbStore(name)).toEqual({ ok: false, error: "newer" });
});

test("when another opens a newer version, this store lets go and says so", async () => {
  const name = freshName();
  const store = await opened(name);
  const newer = await openDB(name, 2);
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
