/** How long a command waits for what the relay says of promises. */
import { expect, test } from "vitest";
import type { Bond } from "../line/home.ts";
import type { BondView, PromiseView } from "../line/view.ts";
import type { Session } from "./command.ts";
import { untilAnswered } from "./promises.ts";

const noon = Date.UTC(2026, 5, 15, 12);
const patience = 20_000;
const guarded = {
  owner: "me",
  state: "guarded",
  why: null,
  unconfirmed: false,
  hasNote: false,
  guard: { relay: "", due: noon, checked: noon - 5000 },
} as const;
const unheard = { ...guarded, state: "unguarded", why: "not-checked" } as const;

/** A command at a terminal whose device sees one promise, and how long it was ready to wait. */
const waiting = (promise: Partial<PromiseView>) => {
  const watching = new Set<() => void>();
  const timers: { readonly within: number; readonly call: () => void }[] = [];
  let view = { stage: "together", connection: { state: "online", trouble: null }, now: noon, promises: [promise] } as unknown as BondView;
  const bond = {
    view: () => view,
    watch: (look: () => void) => {
      watching.add(look);
      return () => watching.delete(look);
    },
    act: async () => ({ ok: true }),
  } as unknown as Bond;
  const session = {
    timer: { after: (within: number, call: () => void) => (timers.push({ within, call }), () => undefined) },
    patience: () => patience,
    stop: new AbortController().signal,
  } as unknown as Session;
  let done = false;
  void untilAnswered(session, bond).then(() => (done = true));
  const settled = async (): Promise<boolean> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    return done;
  };
  return {
    settled,
    within: () => timers.map(({ within }) => within),
    passes: () => timers.forEach(({ call }) => call()),
    becomes: (next: Partial<PromiseView>): void => {
      view = { ...view, promises: [next] } as BondView;
      for (const look of watching) look();
    },
  };
};

test.each(["me", "other"] as const)(
  "[PROM2] what an earlier process heard of a promise of %s's a moment ago is no answer: this one waits for its own, as long as it may",
  async (owner) => {
    const command = waiting({ ...unheard, owner });
    expect([await command.settled(), command.within()]).toEqual([false, [patience]]);
    command.becomes({ ...guarded, owner });
    expect(await command.settled()).toBe(true);
  },
);

test("[PROM2] what the relay does not say is not waited for any longer than that", async () => {
  const command = waiting(unheard);
  await command.settled();
  command.passes();
  expect(await command.settled()).toBe(true);
});

test.each(["older-turn", "lifted", "fired"] as const)("[PROM2] of what the relay has done with (%s) no news is waited for", async (why) => {
  const long = { ...guarded.guard, checked: noon - 2 * 60 * 60_000 };
  for (const owner of ["me", "other"] as const) expect(await waiting({ ...guarded, owner, state: "unguarded", why, guard: long }).settled()).toBe(true);
});

test("[PROM1] what the other's device has not had guarded yet, and what was not checked lately, is waited for shortly", async () => {
  for (const one of [
    { ...guarded, owner: "other", state: "arming", guard: null },
    { ...guarded, owner: "other", guard: { ...guarded.guard, checked: noon - 100_000 } },
  ] as const) {
    const command = waiting(one);
    expect([await command.settled(), command.within()]).toEqual([false, [2000]]);
  }
});

test("[PROM1] what this device says of its own is waited for as long as the command may, and no longer", async () => {
  const command = waiting({ ...guarded, state: "arming", guard: null });
  expect([await command.settled(), command.within()]).toEqual([false, [patience]]);
  command.passes();
  expect([await command.settled(), command.within()]).toEqual([true, [patience]]);
  expect(await waiting(guarded).settled()).toBe(true);
});
