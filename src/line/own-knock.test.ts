import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { certifyDevice } from "../protocol/certificate.ts";
import { mailboxKeyOf } from "../protocol/invitation.ts";
import { publicKey } from "../protocol/keys.ts";
import { bytes, context, now, state } from "./bond.testing.ts";
import { hearFrame } from "./hear.ts";
import { sealKnock } from "./knock.ts";
import type { State } from "./state.ts";

const secret = new Secret(bytes(16, 1));
const { line, self } = state();
const me = new Secret(bytes(32, 9));
const inviting = (): State =>
  state({
    self: { ...self, person: me, personKey: publicKey(me) },
    stage: { at: "inviting", invited: { secret, link: "", expires: now + 1000 }, knocks: [], accepting: null },
  });

const shown = (person: Secret): readonly string[] => {
  const key = publicKey(new Secret(bytes(32, 77)));
  const knock = { certificate: certifyDevice(line, person, key), keyPackage: bytes(100, 2), name: "Ben" };
  const body = sealKnock(knock, mailboxKeyOf({ secret, line }), line, (length) => bytes(length, 5));
  const [{ stage }] = hearFrame(inviting(), { type: "knocks", items: [{ id: 1, key, at: now, body }] }, context);
  return stage.at === "inviting" ? stage.knocks.map(({ name }) => name) : [];
};

describe("A knock", () => {
  it("[PAIR1] by another person is shown, by myself it is not: a bond is of two", () => {
    expect([shown(new Secret(bytes(32, 78))), shown(me)]).toEqual([["Ben"], []]);
  });
});
