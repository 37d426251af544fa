/** What every Store does, whatever it is made of (src/ports/store.ts). Each implementation's test calls this once. */
import { describe, expect, test } from "vitest";
import type { Store } from "../ports/store.ts";

export interface StoreUnderTest {
  readonly store: Store;
  /** Ends this handle without a farewell, as a killed process does, and opens the same storage again. */
  readonly reopen: () => Promise<Store>;
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const keysOf = (entries: readonly (readonly [string, Uint8Array])[]): string[] => entries.map(([key]) => key);

export const storeContract = (name: string, make: () => Promise<StoreUnderTest>): void => {
  describe(`${name} keeps the store contract`, () => {
    test("what was never written is not there", async () => {
      const { store } = await make();
      expect(await store.get("nothing")).toBeUndefined();
      expect(await store.list("")).toEqual([]);
    });

    test("reads see every write that resolved before them", async () => {
      const { store } = await make();
      expect(await store.write({ put: [["a", bytes(1, 2, 3)]] })).toEqual({ ok: true, value: undefined });
      expect(await store.get("a")).toEqual(bytes(1, 2, 3));
      await store.write({ put: [["a", bytes()]] });
      expect(await store.get("a")).toEqual(bytes());
      await store.write({ delete: ["a", "never there"] });
      expect(await store.get("a")).toBeUndefined();
    });

    test("one write puts and deletes together", async () => {
      const { store } = await make();
      await store.write({ put: [["old", bytes(1)]] });
      await store.write({ put: [["new", bytes(2)]], delete: ["old"] });
      expect(keysOf(await store.list(""))).toEqual(["new"]);
    });

    test("an empty write is done", async () => {
      const { store } = await make();
      expect((await store.write({})).ok).toBe(true);
    });

    test("what was acknowledged is there after a kill", async () => {
      const { store, reopen } = await make();
      await store.write({
        put: [
          ["a", bytes(7)],
          ["b", new Uint8Array(200_000).fill(9)],
        ],
      });
      const again = await reopen();
      expect(await again.get("a")).toEqual(bytes(7));
      expect(await again.get("b")).toEqual(new Uint8Array(200_000).fill(9));
    });

    test("writes take effect in the order they were asked for", async () => {
      const { store } = await make();
      // A long first value, so that an implementation that prepares them side by side would finish it last.
      await Promise.all([
        store.write({ put: [["a", new Uint8Array(500_000)]] }),
        store.write({ put: [["a", bytes(2)]] }),
        store.write({ put: [["a", bytes(3)]] }),
      ]);
      expect(await store.get("a")).toEqual(bytes(3));
    });

    test("the caller's bytes are copied, and so are the ones handed out", async () => {
      const { store } = await make();
      const mine = bytes(1);
      const written = store.write({ put: [["a", mine]] });
      await written;
      mine[0] = 9;
      const first = await store.get("a");
      if (first) first[0] = 8;
      expect(await store.get("a")).toEqual(bytes(1));
    });

    test("a view into a larger buffer is kept as itself", async () => {
      const { store } = await make();
      await store.write({ put: [["a", bytes(0, 1, 2, 3).subarray(1, 3)]] });
      expect(await store.get("a")).toEqual(bytes(1, 2));
    });

    test("lists by prefix in the order of UTF-16 code units", async () => {
      const { store } = await make();
      const names = ["k/2", "k/10", "k/1", "k", "l/1", "k0", "k/\u{1f600}", "k/\uffee", "k/é", "j/9"];
      await store.write({ put: names.map((key) => [key, bytes(1)] as const) });
      expect(keysOf(await store.list("k/"))).toEqual(["k/1", "k/10", "k/2", "k/é", "k/\u{1f600}", "k/\uffee"]);
      expect(keysOf(await store.list(""))).toHaveLength(names.length);
    });

    test("keys are those that a list has, without their values", async () => {
      const { store } = await make();
      await store.write({ put: ["k/2", "k/10", "k", "l/1", "k/é"].map((key) => [key, bytes(1)] as const) });
      expect(await store.keys("k/")).toEqual(["k/10", "k/2", "k/é"]);
      expect(await store.keys("nothing")).toEqual([]);
      expect(await store.keys("")).toEqual(keysOf(await store.list("")));
    });

    test("pages forwards: `after` and `limit`", async () => {
      const { store } = await make();
      await store.write({ put: ["a/1", "a/2", "a/3", "a/4", "b/1"].map((key, at) => [key, bytes(at)] as const) });
      expect(keysOf(await store.list("a/", { limit: 2 }))).toEqual(["a/1", "a/2"]);
      expect(keysOf(await store.list("a/", { after: "a/2" }))).toEqual(["a/3", "a/4"]);
      expect(keysOf(await store.list("a/", { after: "a/2x", limit: 1 }))).toEqual(["a/3"]);
      expect(await store.list("a/", { after: "a/4" })).toEqual([]);
      expect(await store.list("a/", { limit: 0 })).toEqual([]);
    });

    test("pages backwards: `after` goes on in the direction of reading", async () => {
      const { store } = await make();
      await store.write({ put: ["a/1", "a/2", "a/3", "a/4", "b/1"].map((key, at) => [key, bytes(at)] as const) });
      expect(await store.list("a/", { reverse: true, limit: 2 })).toEqual([
        ["a/4", bytes(3)],
        ["a/3", bytes(2)],
      ]);
      expect(keysOf(await store.list("a/", { reverse: true, after: "a/3" }))).toEqual(["a/2", "a/1"]);
      expect(await store.list("a/", { reverse: true, after: "a/1" })).toEqual([]);
    });
  });
};
