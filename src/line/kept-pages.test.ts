import { describe, expect, test } from "vitest";
import { decodeCbor, type Cbor } from "../protocol/cbor.ts";
import { context, now, state } from "./bond.testing.ts";
import type { Kept } from "./home.ts";
import { newestFirst, oldestFirst, waitsFor, type KeptSource } from "./kept-pages.ts";
import { applyHeld } from "./records.ts";
import type { State } from "./state.ts";
import { step } from "./step.ts";
import { viewOf } from "./view.ts";

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

describe("what came during a pause of mine", () => {
  const apart = { do: "apart", announced: true, dark: false, until: null, when: null, passes: ["feeling"] } as const;
  const pauseOf = (of: State) => {
    const view = viewOf(of, context);
    return view.stage === "together" ? view.apart.me : null;
  };
  const keptOf = (of: State, kind: string, body: Cbor): Kept => {
    const said = { seq: 11, device: 2, n: 1, from: "other", author: of.members[2]?.key as Uint8Array, said: { kind, body }, at: now } as const;
    const [, row] = applyHeld({ ...of, unsaved: { ...of.unsaved, put: [] } }, said, context)[0].unsaved.put[0] ?? [];
    const decoded = decodeCbor(row as Uint8Array);
    return (decoded.ok ? decoded.value : undefined) as Cbor & Kept;
  };
  const early = { text: "from an hour ago, it says", at: now - 3_600_000 };

  test("[BOUND4] waits among what is kept too, by when it came, whenever its author says that it was written", () => {
    const before = keptOf(state(), "thought", early);
    const paused = step(state(), { is: "act", id: 1, act: apart }, context)[0];
    const came = keptOf(paused, "thought", early);
    expect([before, came].map((kept) => waitsFor(pauseOf(paused), kept))).toEqual([false, true]);
    expect(waitsFor(pauseOf(paused), keptOf(paused, "feeling", { hue: 1, strength: 50, at: now }))).toBe(false);
    expect([before, came].map((kept) => waitsFor(null, kept))).toEqual([false, false]);
  });
});
