import { expect, test } from "vitest";
import { context, now, state } from "./bond.testing.ts";
import type { Bond, Kept } from "./home.ts";
import { lastThings } from "./last-things.ts";
import { step } from "./step.ts";
import { viewOf, type Act } from "./view.ts";

const said = (seq: number, text: string, over: Partial<Kept> = {}): Kept => ({
  id: `2-${seq}`,
  seq,
  from: "other",
  kind: "thought",
  at: now,
  body: { text },
  ...over,
});
const apart = { do: "apart", announced: true, dark: false, until: null, when: null, passes: [] } as const;

const lastOf = async (acts: readonly Act[], all: readonly Kept[]): Promise<readonly number[]> => {
  const bond = acts.reduce((of, what) => step(of, { is: "act", id: 1, act: what }, context)[0], state());
  const source = { view: () => viewOf(bond, context), kept: async ({ before = Infinity }) => all.filter(({ seq }) => seq < before).toReversed() };
  return (await lastThings(source as unknown as Bond)).map(({ seq }) => seq);
};

test("[KEEP2] [SAY4] the last things are the last that were let in and do not wait: nothing that was set aside is shown as such", async () => {
  const all = [
    said(1, "goodnight", { at: now - 1000 }),
    said(2, "felt", { kind: "feeling", at: now - 1000 }),
    said(3, "mine", { from: "me" }),
    said(4, "set aside", { aside: true, at: now - 1000 }),
    said(5, "in a pause", { cameAt: now }),
  ];
  expect(await lastOf([{ do: "keeping", keeping: true }, apart], all)).toEqual([1, 2]);
  expect(await lastOf([{ do: "keeping", keeping: true }], all)).toEqual([2, 5]);
  expect(await lastOf([], all)).toEqual([]);
});
