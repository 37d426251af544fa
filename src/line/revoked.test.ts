import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { bens, bytes, context, now, state } from "./bond.testing.ts";
import { hearFrame } from "./hear.ts";
import { speakLive, startLive } from "./live.ts";

const secret = new Secret(bytes(32, 1));
const { live } = speakLive(startLive(secret, bytes(16, 1), state().selfKey), true, now);
const [hello] = speakLive(startLive(secret, bytes(16, 2), bens.device), true, now).frames;

describe("A device that was revoked", () => {
  it.each([
    [true, []],
    [false, ["liveFrom of it is answered"]],
  ])("[DEV2] is not heard live, whatever it still knows (revoked: %s)", (revoked, answered) => {
    const members = state().members.map((member) => (member.index === 2 ? { ...member, revoked } : member));
    const before = state({ live, liveEpoch: 3, members });
    const [after, effects] = hearFrame(before, { type: "liveFrom", device: 2, body: hello! }, context);
    expect(effects.map(() => "liveFrom of it is answered")).toEqual(answered);
    expect(after.live === live).toBe(revoked);
  });
});
