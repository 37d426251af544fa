import { describe, expect, it } from "vitest";
import * as v from "valibot";
import { giveOf } from "../boundary/boundary.ts";
import type { SenseContext } from "../sense.ts";
import { goodbye, type GoodbyeState } from "./goodbye.ts";

const now = 1_800_000_000_000 + 123_456;
const rounded = now - (now % 300_000);
const context = (over: Partial<SenseContext> = {}): SenseContext => ({
  now,
  give: "full",
  letIn: "on",
  theirGive: "full",
  onScreen: true,
  connected: true,
  connectedSince: 0,
  heardSince: null,
  givenAt: 0,
  ...over,
});
const sees = (state: GoodbyeState, going: boolean, over: Partial<SenseContext> = {}) =>
  goodbye.apply(state, { kind: "intent", intent: { going } }, context(over));

describe("Goodbye", () => {
  it("[PRES4] it is off until its owner allowed it, and nothing is said before", () => {
    expect(giveOf({}, "goodbye", now)).toBe("off");
    const unsaid = sees(goodbye.initial, true, { give: "off" });
    expect(unsaid.say).toBeUndefined();
    // Allowed while the battery is low already, it is said then.
    expect(goodbye.apply(unsaid.state, { kind: "tick" }, context()).say).toEqual([{ going: true, at: rounded }]);
  });

  it("[PRES4] it is said once, with a time in steps of five minutes, and taken back when the device is not about to go any more", () => {
    const low = sees(goodbye.initial, true);
    expect(low.say).toEqual([{ going: true, at: rounded }]);
    expect([sees(low.state, true).say, goodbye.apply(low.state, { kind: "tick" }, context()).say]).toEqual([undefined, undefined]);
    expect(sees(low.state, false).say).toEqual([{ going: false, at: rounded }]);
    expect(sees(goodbye.initial, false).say).toBeUndefined();
  });

  it("[PRES4] it is known by device, and one device's word says nothing of another", () => {
    const hear = (state: GoodbyeState, device: string, going: boolean) =>
      goodbye.apply(state, { kind: "entry", entry: { going, at: now + 9_000_000 }, from: "other", device, id: "1-1" }, context());
    const both = hear(hear(goodbye.initial, "phone", true).state, "laptop", true).state;
    expect(both.theirs).toEqual({ phone: rounded, laptop: rounded });
    expect(hear(both, "phone", false).state.theirs).toEqual({ laptop: rounded });
  });

  it("[PRES4] no level and no number but the time can leave with it", () => {
    expect(v.parse(goodbye.entry, { going: true, at: now, level: 0.04 })).toEqual({ going: true, at: now });
    expect(goodbye.kept({ going: true, at: now })).toBe(false);
  });
});
