import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { Secret } from "../base/secret.ts";
import { writeDeviceLink, writeInvitation, type Invitation } from "../protocol/invitation.ts";
import { judgeScanned } from "./scanned.ts";

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
const parts: Invitation = {
  relay: "https://relay.example.org",
  relayHash: bytes(32, 1),
  line: bytes(16, 2),
  inviterHash: bytes(32, 3),
  secret: new Secret(bytes(16, 4)),
};
const [invitation, device] = [writeInvitation(parts), writeDeviceLink(parts)];

describe("what the camera saw", () => {
  it("[PAIR2] is an invitation where one is asked for, as it stands in the code", () => {
    expect(judgeScanned([invitation], "join")).toEqual({ is: "found", link: invitation });
  });

  it("[DEV1] is a device's link where one is asked for, and neither is taken for the other", () => {
    expect(judgeScanned([device], "device")).toEqual({ is: "found", link: device });
    expect(judgeScanned([device], "join")).toEqual({ is: "other-kind" });
    expect(judgeScanned([invitation], "device")).toEqual({ is: "other-kind" });
  });

  it("says of a link that is not whole that it is not whole", () => {
    expect(judgeScanned([invitation.slice(0, -3)], "join")).toEqual({ is: "incomplete" });
  });

  it("finds the one that counts among others in the same picture", () => {
    expect(judgeScanned(["https://example.org/menu", invitation], "join")).toEqual({ is: "found", link: invitation });
  });

  it("takes nothing else, whatever it is", () => {
    expect(judgeScanned([], "join")).toEqual({ is: "not-ours" });
    fc.assert(fc.property(fc.array(fc.string()), (texts) => judgeScanned(texts, "join").is !== "found"));
  });
});
