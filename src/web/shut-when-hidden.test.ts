import { expect, test } from "vitest";
import { createShutWhen, shutWhenHidden, type ShutAfter } from "./shut-when-hidden.ts";
import { rememberingMemory } from "./setting.testing.ts";

const minute = 60_000;

/** A tab over a lock that is set, a clock that is moved by hand, and what other tabs would answer. */
const createTab = (after: ShutAfter) => {
  let now = 0;
  let listener = (): void => {};
  let shuts = 0;
  const timers = new Set<{ readonly due: number; readonly call: () => void }>();
  const tab = { others: false };
  const page = { visibilityState: "visible" as DocumentVisibilityState, addEventListener: (_: string, call: unknown) => (listener = call as () => void) };
  shutWhenHidden({
    lock: { shut: () => void shuts++, anyoneLooks: async () => tab.others || page.visibilityState === "visible" },
    after: () => after,
    clock: { now: () => now, monotonic: () => now },
    timer: {
      after(delay, call) {
        const one = { due: now + delay, call };
        timers.add(one);
        return () => void timers.delete(one);
      },
    },
    page: page as unknown as Document,
  });
  return Object.assign(tab, {
    shuts: () => shuts,
    see(state: DocumentVisibilityState) {
      page.visibilityState = state;
      listener();
    },
    /** `asleep`: no timer runs. */
    async pass(time: number, asleep = false) {
      now += time;
      if (!asleep) for (const one of timers) if (one.due <= now && timers.delete(one)) one.call();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
  });
};

test("it shuts once nobody looked for as long as was chosen, and not before", async () => {
  for (const [after, wait] of [
    ["at-once", 0],
    ["five-minutes", 5 * minute],
    ["one-hour", 60 * minute],
  ] as const) {
    const tab = createTab(after);
    await tab.pass(100 * minute);
    tab.see("hidden");
    await tab.pass(Math.max(0, wait - 1000));
    expect(tab.shuts()).toBe(wait === 0 ? 1 : 0);
    await tab.pass(1000);
    expect(tab.shuts()).toBe(1);
  }
});

test("never is never, and a tab that is seen again in time shuts nothing", async () => {
  const never = createTab("never");
  never.see("hidden");
  await never.pass(10_000 * minute);
  never.see("visible");
  const tab = createTab("five-minutes");
  for (let times = 0; times < 3; times++) {
    tab.see("hidden");
    await tab.pass(4 * minute);
    tab.see("visible");
    await tab.pass(minute);
  }
  expect([never.shuts(), tab.shuts()]).toEqual([0, 0]);
});

test("while another tab is looked at it stays open, also when this one is seen again", async () => {
  const tab = createTab("at-once");
  tab.others = true;
  tab.see("hidden");
  await tab.pass(0);
  await tab.pass(30 * minute);
  tab.see("visible");
  expect(tab.shuts()).toBe(0);
});

test("a machine that slept over the time shuts it as soon as it is seen again", async () => {
  const tab = createTab("five-minutes");
  tab.see("hidden");
  await tab.pass(6 * minute, true);
  expect(tab.shuts()).toBe(0);
  tab.see("visible");
  expect(tab.shuts()).toBe(1);
});

test("what was chosen is remembered; what is none, or refused, is five minutes", () => {
  const memory = rememberingMemory();
  createShutWhen(memory).choose("one-hour");
  expect(createShutWhen(memory).after.value).toBe("one-hour");
  memory.storage().setItem("beside.shut-after", "toString");
  expect(createShutWhen(memory).after.value).toBe("five-minutes");
  const storage = (): never => {
    throw new Error("refused");
  };
  expect(createShutWhen({ storage, watch: () => {} }).after.value).toBe("five-minutes");
});
