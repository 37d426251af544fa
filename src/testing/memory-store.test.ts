import { expect, test } from "vitest";
import { createMemoryStore } from "./memory-store.ts";
import { storeContract } from "./store-contract.ts";

storeContract("the memory store", async () => {
  const store = createMemoryStore();
  return { store, reopen: async () => store.crash() };
});

test("a full disk refuses and keeps what it had", async () => {
  const store = createMemoryStore();
  await store.write({ put: [["a", new Uint8Array([1])]] });
  store.fail("full");
  expect(await store.write({ put: [["a", new Uint8Array([2])]] })).toEqual({ ok: false, error: "full" });
  expect(await store.get("a")).toEqual(new Uint8Array([1]));
});

test("a crash loses what was not acknowledged, whole, and nothing else", async () => {
  const store = createMemoryStore();
  await store.write({ put: [["a", new Uint8Array([1])]] });
  store.hold();
  const lost = store.write({
    put: [
      ["a", new Uint8Array([2])],
      ["b", new Uint8Array([2])],
    ],
  });
  const next = store.crash();
  expect(await lost).toEqual({ ok: false, error: "gone" });
  expect(await next.get("a")).toEqual(new Uint8Array([1]));
  expect(await next.get("b")).toBeUndefined();
});
