import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { certifyEnd } from "../protocol/certificate.ts";
import { publicKey } from "../protocol/keys.ts";
import { bytes, context, state } from "./bond.testing.ts";
import { hearFrame } from "./hear.ts";
import type { State } from "./state.ts";

const [ada, ben] = [new Secret(bytes(32, 9)), new Secret(bytes(32, 70))];
const { line, self, stage } = state();
const together = (): State =>
  state({ self: { ...self, person: ada, personKey: publicKey(ada) }, stage: { ...stage, other: publicKey(ben) } as State["stage"] });

describe("An end that the relay shows", () => {
  it.each([
    ["the other", ben, "ended"],
    ["me", ada, "ended"],
    ["somebody else", new Secret(bytes(32, 71)), "together"],
  ])("[CLOSE1] counts when one of the two signed it: signed by %s", (_, signer, at) => {
    const [after] = hearFrame(together(), { type: "ended", certificate: certifyEnd(line, signer) }, context);
    expect(after.stage.at).toBe(at);
  });
});
