import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { bytes, context, now, state } from "./bond.testing.ts";
import { hearFrame } from "./hear.ts";
import type { State } from "./state.ts";

const day = 24 * 60 * 60_000;
const making = (): State => ({
  ...state(),
  stage: { at: "making", secret: new Secret(bytes(16, 1)), recovery: bytes(32, 2), token: "" },
  link: {
    is: "challenged",
    answered: false,
    since: now,
    challenge: { type: "challenge", nonce: bytes(32, 3), relay: bytes(32, 4), now },
    nonce: bytes(32, 5),
    failures: 0,
    pingDueAt: now + 1000,
    pingAt: null,
  },
});

describe("An invitation", () => {
  it.each([
    [now + day / 2, now + day / 2],
    [now + 400 * day, now + day],
  ])("[PAIR2] is shown as good for a day at most, whatever the relay says (%i)", (expires, shown) => {
    const [{ stage }] = hearFrame(making(), { type: "created", expires }, context);
    expect(stage.at === "inviting" && stage.invited.expires).toBe(shown);
  });
});
