import { describe, expect, test } from "vitest";
import type { Kept } from "./home.ts";
import { newestFirst, oldestFirst, type KeptSource } from "./kept-pages.ts";

const entry = (seq: number): Kept => ({ id: `0-${seq}`, seq, from: "me", kind: "thought", at: 1, body: { text: "hello", at: 1 } });

const sourceOf = (all: Kept[]): KeptSource => ({
  kept: async ({ before = Infinity, limit }) =>
    all
      .filter(({ seq }) => seq < before)
      .toReversed()
      .slice(0, limit),
  places: async () => all.map(({ seq }) => seq),
});

const seqsOf = async (pages: AsyncGenerator<readonly Kept[]>, onPage: () => void = () => {}): Promise<readonly number[]> => {
  const seen: number[] = [];
  for await (const page of pages) {
    seen.push(...page.map(({ seq }) => seq));
    onPage();
  }
  return seen;
};

describe("what was kept, page by page", () => {
  const places = Array.from({ length: 23 }, (_, at) => at * 3 + 1);

  test("[KEEP1] goes from the oldest to the newest, each once, also while more comes in", async () => {
    for (const size of [1, 5, 23, 100]) {
      const all = places.map(entry);
      const seen = await seqsOf(oldestFirst(sourceOf(all), size), () => all.push(entry(1000 + all.length)));
      expect(seen).toEqual(places);
    }
    expect(await seqsOf(oldestFirst(sourceOf([])))).toEqual([]);
  });

  test("[KEEP1] goes from the newest to the oldest, each once, also while more comes in", async () => {
    for (const size of [1, 5, 23, 100]) {
      const all = places.map(entry);
      const seen = await seqsOf(newestFirst(sourceOf(all).kept, size), () => all.push(entry(1000 + all.length)));
      expect(seen).toEqual(places.toReversed());
    }
    expect(await seqsOf(newestFirst(sourceOf([]).kept))).toEqual([]);
  });
});
