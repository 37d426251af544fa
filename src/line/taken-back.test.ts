import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { toHex } from "../base/bytes.ts";
import { bytes, context, now, state, openLink } from "./bond.testing.ts";
import type { Effect } from "./event.ts";
import { speakLive, startLive, type LiveState } from "./live.ts";
import { aheadOf } from "./senses.ts";
import type { State } from "./state.ts";
import { step } from "./step.ts";

const at = (after: number) => ({ ...context, wall: now + after, monotonic: after });
const link = openLink({ since: now - 60_000, pingDueAt: now + 3_600_000 });

/** Ben's device listens on the live lane. */
const listened = (): LiveState => {
  const { live } = speakLive(startLive(new Secret(bytes(32, 5)), bytes(16, 6), state().selfKey), true, now);
  const peer = { session: bytes(16, 7), key: new Secret(bytes(32, 8)), accepted: true, counter: 1, saidAt: 0, helloAt: now, helloTo: null };
  return { ...live, peers: { [toHex(bytes(32, 3))]: peer }, acceptedAt: now };
};

/** Ada's phone gives presence fully, has said that it is here, and says so live. */
const shown = (): State => {
  const { stage } = state();
  const together = { ...(stage as Extract<State["stage"], { at: "together" }>), words: ["six"] };
  const empty = state({
    stage: together,
    outbox: [],
    n: 4,
    onScreen: true,
    link,
    live: listened(),
    liveEpoch: 3,
    box: { seed: new Secret(bytes(32, 1)), key: bytes(32, 2) },
  });
  return step(empty, { is: "act", id: 1, act: { do: "boundary", intent: { sense: "presence", give: "full" } } }, context)[0];
};
const kinds = (bond: State): readonly string[] => bond.outbox.flatMap(({ content }) => (content.is === "entry" ? [content.said.kind] : []));
const lives = (effects: readonly Effect[]): number => effects.filter((effect) => effect.do === "send" && effect.frame.type === "live").length;

describe("Presence taken back", () => {
  it("[PRES2] [BOUND1] from the same step on nothing of it is on the wire: no live frame, no entry, nothing sealed ahead", () => {
    const giving = shown();
    expect([kinds(giving), aheadOf(giving, at(0))?.kind]).toEqual([["boundary", "presence"], "presence"]);
    // It does flow: the next live sign is due after five seconds.
    expect(lives(step(giving, { is: "tick" }, at(6000))[1])).toBe(1);

    const [taken, effects] = step(giving, { is: "act", id: 2, act: { do: "boundary", intent: { sense: "presence", give: "off" } } }, at(6000));
    expect([lives(effects), aheadOf(taken, at(6000))]).toEqual([0, undefined]);
    // What was to be sealed is nothing any more; both words about the grant itself go.
    expect(kinds(taken)).toEqual(["boundary", "own", "boundary"]);
    let bond = taken;
    for (let after = 6001; after < 3_600_000; after += 61_000) {
      const [next, more] = step(bond, { is: "tick" }, at(after));
      expect([lives(more), kinds(next)]).toEqual([0, ["boundary", "own", "boundary"]]);
      bond = next;
    }
    // Also not as the page goes.
    expect(kinds(step(bond, { is: "screen", on: false }, at(3_600_000))[0])).toEqual(["boundary", "own", "boundary"]);
  });

  it("[PRES2] [BOUND4] a pause stops it in the same step, but for the word that the device was left", () => {
    const giving = shown();
    const pause = { do: "apart", announced: false, dark: false, until: null, when: null, passes: [] } as const;
    const [away, effects] = step(giving, { is: "act", id: 2, act: pause }, at(6000));
    expect(lives(effects)).toBe(0);
    expect(kinds(away).filter((kind) => kind === "apart")).toEqual([]);
    const [later, more] = step(away, { is: "tick" }, at(20_000));
    expect([lives(more), kinds(later)]).toEqual([0, kinds(away)]);
  });
});
