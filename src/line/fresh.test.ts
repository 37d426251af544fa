/** What must never be the same twice is taken from the randomness that is given, each time. */
import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import type { FrameOf } from "../protocol/frames.ts";
import { publicKey, sha256 } from "../protocol/keys.ts";
import { bytes, context, now, state } from "./bond.testing.ts";
import type { Effect } from "./event.ts";
import { hearFrame } from "./hear.ts";
import { sealKnock } from "./knock.ts";
import { step } from "./step.ts";

const random = (length: number): Uint8Array => bytes(length, 42);
const given = { ...context, random };
const sent = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.do === "send" ? [effect.frame] : []));

describe("Fresh randomness", () => {
  it("[HELLO2] a process that begins to speak live has a session of its own", () => {
    const [began] = step(state(), { is: "exported", secret: new Secret(bytes(32, 1)) }, given);
    expect(began.live?.session).toEqual(random(16));
  });

  it("[LINE4] each opening has a nonce of its own for the relay to sign", () => {
    const relay = publicKey(new Secret(bytes(32, 60)));
    const challenge: FrameOf<"challenge"> = { type: "challenge", nonce: bytes(32, 61), relay, now };
    const before = state({ relay: { origin: "http://relay.test", hash: sha256(relay) }, link: { is: "connecting", since: now, failures: 0 } });
    const [, effects] = hearFrame(before, challenge, given);
    expect(sent(effects)).toMatchObject([{ type: "open", nonce: random(32) }]);
  });

  it("[PAIR2] each knock is sealed under a nonce of its own", () => {
    const knock = { certificate: bytes(100, 1), keyPackage: bytes(100, 2), name: "Ben" };
    const body = sealKnock(knock, new Secret(bytes(32, 3)), bytes(16, 4), random);
    expect(body.subarray(0, 24)).toEqual(random(24));
  });
});
