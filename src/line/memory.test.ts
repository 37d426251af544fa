import { expect, test } from "vitest";
import { toHex, utf8 } from "../base/bytes.ts";
import { sha256 } from "../protocol/keys.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { memoryPlaces, readMemories, readMemory, writeMemory } from "./memory.ts";

const entryOf = (seq: number) => ({ id: `0-${seq}`, seq, from: "me", kind: "thought", at: "2026-01-15T18:40:00.000Z", body: { text: `n${seq}`, at: 1 } });
const fileOf = (entries: readonly unknown[]): string =>
  JSON.stringify({ format: "beside-bond", version: 1, bond: "ab".repeat(16), me: { name: "ada" }, other: { name: "ben" }, entries });

test("[KEEP1] a large export is taken in with pauses, whole, under the id of all its content", async () => {
  const store = createMemoryStore();
  const entries = Array.from({ length: 1203 }, (_, at) => entryOf(at + 1));
  let pauses = 0;
  const made = await writeMemory(store, fileOf(entries), 5, async () => void pauses++);
  const id = toHex(sha256(utf8(`${"ab".repeat(16)}\n${JSON.stringify(entries)}`))).slice(0, 32);
  expect(made).toEqual({ ok: true, value: { id, me: "ada", other: "ben", importedAt: 5, count: 1203 } });
  expect(pauses).toBeGreaterThan(4);
  expect([...(await readMemories(store)).keys()]).toEqual([id]);
  expect(await memoryPlaces(store, id)).toEqual(entries.map(({ seq }) => seq));
  expect(await readMemory(store, id, { before: 3, limit: 5 })).toMatchObject([{ seq: 2 }, { seq: 1, body: { text: "n1" } }]);
});

test("[KEEP1] one entry among many that is none makes the whole no export, and nothing of it is kept", async () => {
  const store = createMemoryStore();
  for (const bad of [{ ...entryOf(1), from: "nobody" }, { ...entryOf(1), seq: 10_000_000_000 }, 7]) {
    const entries = [...Array.from({ length: 900 }, (_, at) => entryOf(at + 1)), bad];
    expect(await writeMemory(store, fileOf(entries), 5, async () => {})).toEqual({ ok: false, error: "not-an-export" });
  }
  expect(await store.keys("")).toEqual([]);
});

test("[KEEP1] [SAY4] what was set aside is so in a memory of it, too, and in nothing else of it", async () => {
  const store = createMemoryStore();
  const entries = [entryOf(1), { ...entryOf(2), from: "other", aside: true }];
  const made = await writeMemory(store, fileOf(entries), 5, async () => {});
  expect(made).toMatchObject({ ok: true, value: { count: 2 } });
  const read = await readMemory(store, made.ok ? made.value.id : "", { limit: 5 });
  expect(read.map(({ seq, aside }) => [seq, aside])).toEqual([
    [2, true],
    [1, undefined],
  ]);
  expect(await writeMemory(store, fileOf([{ ...entryOf(1), aside: "yes" }]), 5, async () => {})).toEqual({ ok: false, error: "not-an-export" });
});
