import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { equalBytes } from "../base/bytes.ts";
import type { FrameOf } from "../protocol/frames.ts";
import { publicKey, sha256, sign } from "../protocol/keys.ts";
import { openedTranscript } from "../protocol/transcripts.ts";
import { bytes, context, head, now, state } from "./bond.testing.ts";
import { hearFrame } from "./hear.ts";
import type { State } from "./state.ts";
import { step } from "./step.ts";

const relay = new Secret(bytes(32, 60));
const challenge: FrameOf<"challenge"> = { type: "challenge", nonce: bytes(32, 61), relay: publicKey(relay), now };
const nonce = bytes(32, 62);

/** Ada's phone waits for the answer to its `open`, from the relay that is pinned. */
const waiting = (over: Partial<State> = {}): State =>
  state({
    relay: { origin: "http://relay.test", hash: sha256(challenge.relay) },
    link: { is: "challenged", answered: false, since: now, challenge, nonce, failures: 0, pingDueAt: now + 1000, pingAt: null },
    ...over,
  });

type Fields = Omit<FrameOf<"opened">, "type" | "signature">;

/** Signed by the relay's own key: it means what it says, true or not. */
const opened = (over: Partial<Fields> = {}): FrameOf<"opened"> => {
  const members = state().members.map(({ index, key, mine }) => ({ index, side: mine ? (0 as const) : (1 as const), key, revoked: false }));
  const fields: Fields = { generation: 3, epoch: 3, device: 0, n: 2, baseSeq: 10, baseHead: head, seq: 10, head, members, welcome: null, now, ...over };
  return {
    type: "opened",
    ...fields,
    signature: sign(relay, "beside/opened/1", openedTranscript(challenge, { line: state().line, nonce, key: state().selfKey }, fields)),
  };
};

const hear = (before: State, frame: FrameOf<"opened">): State => hearFrame(before, frame, context)[0];

describe("What the relay says on opening", () => {
  it("a true answer opens the line", () => {
    const after = hear(waiting(), opened());
    expect([after.link.is, after.fault, after.trouble]).toEqual(["open", null, null]);
  });

  it("an answer that the pinned key did not sign is another relay's", () => {
    const after = hear(waiting(), { ...opened(), seq: 11 });
    expect([after.link.is, after.trouble]).toEqual(["down", { is: "wrong-relay" }]);
  });

  it("[SEAL10] a device that once said more than it remembers seals nothing more in that group", () => {
    const after = hear(waiting(), opened({ n: 4 }));
    expect([after.link.is, after.mending]).toEqual(["down", { why: "set-back", after: 10 }]);
    const [, effects] = step(
      hear(waiting({ n: 4, outbox: [] }), opened({ n: 4 })),
      { is: "act", id: 1, act: { do: "thought", intent: { what: "say", text: "again" } } },
      context,
    );
    expect(effects.some((effect) => effect.do === "seal")).toBe(false);
  });

  const others = state().members;
  it.each<readonly [string, Partial<Fields>]>([
    ["gives a device another key", { members: opened().members.map((member) => (member.index === 2 ? { ...member, key: bytes(32, 99) } : member)) }],
    ["moves a device to the other side", { members: opened().members.map((member) => (member.index === 2 ? { ...member, side: 0 as const } : member)) }],
    ["leaves a device out", { members: opened().members.filter((member) => member.index !== 3) }],
    ["says that I am another device", { device: 1 }],
  ])("[CHAIN2] a relay that %s is found out: it could pass over what is said", (_, lie) => {
    const after = hear(waiting(), opened(lie));
    expect([after.link.is, after.fault, after.seq]).toEqual(["down", "forked", 10]);
    expect(after.members.every((member, i) => equalBytes(member.key, (others[i] as (typeof others)[number]).key))).toBe(true);
  });

  it("[LOG3] an append refused as stale under the epoch I know is not sent again at once", () => {
    const { stage } = state();
    const open = hear(waiting({ stage: { ...(stage as Extract<State["stage"], { at: "together" }>), words: ["six"] } }), opened());
    const current = hearFrame(open, { type: "current", seq: 10 }, context)[0];
    const [sent, first] = step(current, { is: "exported", secret: new Secret(bytes(32, 63)) }, context);
    expect(first.filter((effect) => effect.do === "send" && effect.frame.type === "append").length).toBe(1);
    const [, again] = step(sent, { is: "frame", frame: { type: "refused", re: 3, n: 3, code: "stale", after: 0 } }, context);
    expect(again.filter((effect) => effect.do === "send" && effect.frame.type === "append")).toEqual([]);
    expect(again.some((effect) => effect.do === "wake")).toBe(true);
  });
});
