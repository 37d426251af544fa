import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { equalBytes } from "../base/bytes.ts";
import { frameTypes, type FrameOf } from "../protocol/frames.ts";
import { publicKey, sha256, sign } from "../protocol/keys.ts";
import { openedTranscript } from "../protocol/transcripts.ts";
import { bytes, context, head, now, state } from "./bond.testing.ts";
import type { Effect } from "./event.ts";
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

  it.each([
    ["set-back", 3],
    ["gap", 2],
  ] as const)("[SEAL10] [LOG7] behind what the relay still has, it is %s where the relay has %i of it", (why, n) => {
    expect(hear(waiting(), opened({ n, baseSeq: 12, seq: 12 })).mending?.why).toBe(why);
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

  it("[RESYNC1] packages that the relay cannot read just now are asked for again on the same connection", () => {
    const asked = { ...hear(waiting(), opened()), asked: { package: true, verifier: true, packages: true, end: false } };
    const [refused] = hearFrame(asked, { type: "refused", re: frameTypes.packages, n: 0, code: "unavailable", after: now + 1000 }, context);
    expect([refused.link.is, refused.link.is === "open" && refused.link.holdUntil, refused.asked.packages]).toEqual(["open", now + 1000, false]);
  });

  describe("an append that the relay will take later", () => {
    const { stage } = state();
    const outbox = [3, 4, 5].map((n) => ({ ...(state().outbox[0] as State["outbox"][number]), n }));
    const under = (): State => {
      const open = hear(waiting({ n: 6, outbox, stage: { ...(stage as Extract<State["stage"], { at: "together" }>), words: ["six"] } }), opened());
      const current = hearFrame(open, { type: "current", seq: 10 }, context)[0];
      return step(current, { is: "exported", secret: new Secret(bytes(32, 63)) }, context)[0];
    };
    const later = (after: number) => ({ ...context, wall: now + after, monotonic: after });
    const refused = (before: State, n: number, code: FrameOf<"refused">["code"], after = 0) =>
      step(before, { is: "frame", frame: { type: "refused", re: 3, n, code, after } }, context);
    const appends = (effects: readonly Effect[]): readonly number[] =>
      effects.flatMap((effect) => (effect.do === "send" && effect.frame.type === "append" ? [effect.frame.n] : []));

    it.each(["busy", "full", "unavailable"] as const)(
      "[LOG11] `%s`: what was under way behind it ends no connection, and all goes out again in time",
      (code) => {
        let [held, effects] = refused(under(), 3, code, now + 1000);
        for (const n of [4, 5]) {
          const [next, more] = refused(held, n, "gap");
          held = next;
          effects = [...effects, ...more];
        }
        expect([held.link.is, appends(effects), effects.some((effect) => effect.do === "disconnect")]).toEqual(["open", [], false]);
        expect(effects).toContainEqual({ do: "wake", after: 1000 });
        expect(appends(step(held, { is: "tick" }, later(999))[1])).toEqual([]);
        expect(appends(step(held, { is: "tick" }, later(1000))[1])).toEqual([3, 4, 5]);
      },
    );

    it("[LOG11] a moment's wait is no trouble, a longer one is told", () => {
      expect(refused(under(), 3, "busy", now + 1000)[0].trouble).toBeNull();
      expect(refused(under(), 3, "busy", now + 60_000)[0].trouble).toEqual({ is: "refused", code: "busy" });
    });

    it("[LOG2] a gap of its own begins anew with what the relay has", () => {
      expect(refused(under(), 3, "gap")[1]).toContainEqual({ do: "disconnect" });
    });

    it("[LOG11] an answer that comes late, to what went out again meanwhile, costs a moment and no connection", () => {
      const [late, effects] = refused(under(), 5, "gap");
      expect([late.link.is, effects.some((effect) => effect.do === "disconnect"), appends(effects)]).toEqual(["open", false, []]);
      expect(appends(step(late, { is: "tick" }, later(1000))[1])).toEqual([5]);
    });
  });
});
