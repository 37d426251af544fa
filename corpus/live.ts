/**
 * What a modified client says on the live lane. It holds the group's exporter secret, so it can make any live frame; the
 * relay stamps its device on each. Every case is about a touch that must not be felt.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { asSealed, type Sealed } from "../src/base/brand.ts";
import { concat, u64 } from "../src/base/bytes.ts";
import { invariant } from "../src/base/exhaustive.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../src/protocol/cbor.ts";
import { derive, publicKey, sha256 } from "../src/protocol/keys.ts";
import { epochSecret } from "../src/testing/fake-sealer.ts";
import { until } from "../sim/world.ts";
import type { Case } from "./cases.ts";
import type { Member } from "./member.ts";

interface Made {
  readonly session?: Uint8Array;
  readonly counter?: bigint;
  readonly version?: number;
  /** The device whose key it is sealed under. */
  readonly device?: Uint8Array;
}

export interface LiveMember {
  readonly member: Member;
  /** Proves its session to Ada's device, as an honest one does. */
  meet(): Promise<void>;
  /** The frame of a message under the next count, or as asked. */
  frame(message: Cbor, made?: Made): Sealed;
  /** The same with bytes of one's own inside: 159 of them, the first of which is the length. */
  frameOf(plain: Uint8Array, made?: Made): Sealed;
  send(body: Sealed): void;
  /** Live frames of Ada's device that came since `forget`. */
  answers(): number;
  readonly session: Uint8Array;
  readonly adasKey: Uint8Array;
}

const plainLength = 200 - 25 - 16;
const hold = { is: "sense", sense: "touch", body: { hold: true } } as const;
const letGo = { is: "sense", sense: "touch", body: { hold: false } } as const;

export const createLiveMember = (member: Member): LiveMember => {
  const { line, mls, self, members } = member.disk;
  const adasKey = members[0]?.key;
  invariant(mls && adasKey, "the two have a group");
  const exported = sha256(encodeCbor(["exported", epochSecret(mls), "beside live", line]));
  const mine = publicKey(self.device);
  const session = new Uint8Array(16).fill(0x5e);
  let counter = 0n;
  const keyOf = (device: Uint8Array, of: Uint8Array): Uint8Array => derive(exported, concat(device, of), "beside/live/1").expose();

  const frameOf = (plain: Uint8Array, made: Made = {}): Sealed => {
    const count = new Uint8Array(8);
    const under = made.counter ?? counter + 1n;
    if (made.session === undefined && under > counter) counter = under;
    new DataView(count.buffer).setBigUint64(0, under);
    const header = concat(new Uint8Array([made.version ?? 1]), made.session ?? session, count);
    const sealed = chacha20poly1305(keyOf(made.device ?? mine, made.session ?? session), concat(new Uint8Array(4), count), header).encrypt(plain);
    return asSealed(concat(header, sealed));
  };
  const frame = (message: Cbor, made: Made = {}): Sealed => {
    const encoded = encodeCbor(message);
    const plain = new Uint8Array(plainLength);
    plain[0] = encoded.length;
    plain.set(encoded.subarray(0, plainLength - 1), 1);
    return frameOf(plain, made);
  };
  const send = (body: Sealed): void => member.send({ type: "live", body });
  const fromAda = () => member.heard.flatMap((heard) => (heard.type === "liveFrom" && heard.device === 0 ? [heard.body] : []));
  const open = (body: Uint8Array): Cbor => {
    const header = body.subarray(0, 25);
    const plain = chacha20poly1305(keyOf(adasKey, header.subarray(1, 17)), concat(new Uint8Array(4), header.subarray(17)), header).decrypt(body.subarray(25));
    const decoded = decodeCbor(plain.slice(1, 1 + (plain[0] as number)));
    return decoded.ok ? decoded.value : null;
  };

  return {
    member,
    session,
    adasKey,
    frame,
    frameOf,
    send,
    answers: () => fromAda().length,
    meet: async () => {
      send(frame({ is: "hello", to: null, echo: null, ask: true }));
      const theirs = await until(member.world, () =>
        fromAda()
          .filter((body) => JSON.stringify(open(body)).includes("hello"))
          .at(-1),
      );
      send(frame({ is: "hello", to: adasKey.slice(0, 4), echo: theirs.slice(1, 17), ask: false }));
      await member.world.runUntil(member.world.schedule.now() + 1000);
    },
  };
};

export interface LiveCase extends Case<LiveMember> {
  /** Not proved before; it is where not said. */
  readonly unproved?: boolean;
}

const live = (name: string, rule: string, make: (given: LiveMember) => Sealed | readonly Sealed[], more: Partial<LiveCase> = {}): LiveCase => ({
  name,
  rule,
  expect: "dropped",
  make: (given) => {
    const made = make(given);
    for (const body of made instanceof Uint8Array ? [made] : made) given.send(body);
  },
  ...more,
});
const message = (name: string, value: Cbor, rule = "BOUND3"): LiveCase => live(name, rule, ({ frame }) => frame(value));
const inner = (name: string, bytes: Uint8Array, length = bytes.length): LiveCase =>
  live(name, "BOUND3", ({ frameOf }) => {
    const plain = new Uint8Array(plainLength);
    plain[0] = length;
    plain.set(bytes, 1);
    return frameOf(plain);
  });
const nested = (depth: number): Cbor => (depth === 0 ? null : [nested(depth - 1)]);

export const liveCases: readonly LiveCase[] = [
  live("a touch by a session that is not proved", "HELLO2", ({ frame }) => frame(hold), { unproved: true }),
  live("a touch by a second session beside the proved one", "HELLO2", ({ frame }) => frame(hold, { session: new Uint8Array(16).fill(9), counter: 50n })),
  live("a touch under a count that was used", "HELLO2", ({ frame }) => [frame(letGo, { counter: 10n }), frame(hold, { counter: 10n })]),
  live("a touch under an earlier count", "HELLO2", ({ frame }) => [frame(letGo, { counter: 10n }), frame(hold, { counter: 9n })]),
  live("a touch under count nought", "HELLO2", ({ frame }) => frame(hold, { counter: 0n })),
  live("the same frame a hundred times", "HELLO2", ({ frame }) => Array.from({ length: 100 }, () => frame(letGo, { counter: 10n }))),
  live("a touch as Ada's own device", "HELLO1", ({ frame, adasKey }) => frame(hold, { device: adasKey, counter: 90n })),
  live("a touch as a device that is not there", "HELLO1", ({ frame }) => frame(hold, { device: new Uint8Array(32), counter: 90n })),
  live("a frame of another version", "HELLO1", ({ frame }) => frame(hold, { version: 2 })),
  live("a frame of version nought", "HELLO1", ({ frame }) => frame(hold, { version: 0 })),
  live("noise", "HELLO1", () => asSealed(new Uint8Array(200).fill(7))),
  live("a frame with one bit changed", "HELLO1", ({ frame }) => {
    const good = frame(hold);
    return asSealed(good.with(60, (good[60] ?? 0) ^ 1));
  }),
  inner("a length over what there is", encodeCbor(hold), 255),
  inner("no length", encodeCbor(hold), 0),
  inner("a length one too short", encodeCbor(hold), encodeCbor(hold).length - 1),
  inner("a length one too long", encodeCbor(hold), encodeCbor(hold).length + 1),
  inner("bytes that are no CBOR", new Uint8Array(100).fill(0xff)),
  inner("a hundred lists in each other", new Uint8Array(100).fill(0x81)),
  inner("a list that claims four thousand million items", new Uint8Array([0x9a, 0xff, 0xff, 0xff, 0xff])),
  message("a message of another kind", { is: "order", sense: "touch", body: { hold: true } }),
  message("a message that is a list", ["sense", "touch", { hold: true }]),
  message("a message without a body", { is: "sense", sense: "touch" }),
  message("a sense that is not there", { is: "sense", sense: "sight", body: { hold: true } }),
  message("a sense called `__proto__`", { is: "sense", sense: "__proto__", body: { hold: true } }),
  message("a sense called `constructor`", { is: "sense", sense: "constructor", body: { hold: true } }),
  message("a sense with nothing live", { is: "sense", sense: "thought", body: { text: "x", at: 1 } }),
  message("a grant, live", { is: "sense", sense: "boundary", body: { sense: "presence", give: "full", until: null, at: 1 } }),
  message("a name, live", { is: "sense", sense: "name", body: { name: "Eve", at: 1 } }),
  message("a sense whose name is no text", { is: "sense", sense: 7, body: { hold: true } }),
  message("a sense whose name is 33 letters", { is: "sense", sense: "t".repeat(33), body: { hold: true } }),
  message("a touch that is nothing", { is: "sense", sense: "touch", body: null }),
  message("a touch that is a number", { is: "sense", sense: "touch", body: { hold: 1 } }),
  message("a touch that is a text", { is: "sense", sense: "touch", body: { hold: "true" } }),
  message("a touch that is deep", { is: "sense", sense: "touch", body: nested(12) }),
  message("presence that is not here", { is: "sense", sense: "presence", body: { here: false } }),
  message("presence that is not given", { is: "sense", sense: "presence", body: { here: true } }, "PRES2"),
  message("a hello with a touch in it", { is: "hello", to: null, echo: null, ask: false, sense: "touch", body: { hold: true } }),
  message("a hello with an echo of another length", { is: "hello", to: null, echo: new Uint8Array(15), ask: true }),
  message("a hello to five bytes", { is: "hello", to: new Uint8Array(5), echo: null, ask: true }),
  live("two hundred hellos that ask", "HELLO2", ({ frame }) => Array.from({ length: 200 }, () => frame({ is: "hello", to: null, echo: null, ask: true }))),
  live("two hundred sessions that ask", "HELLO2", ({ frame }) =>
    Array.from({ length: 200 }, (_, i) => frame({ is: "hello", to: null, echo: null, ask: true }, { session: concat(u64(i), u64(i)), counter: 1n })),
  ),
  live("the last count there is, on another session", "HELLO2", ({ frame }) => frame(hold, { session: new Uint8Array(16).fill(8), counter: 2n ** 64n - 1n })),
];

/** An honest touch, after all. */
export const touch = { hold, letGo };
