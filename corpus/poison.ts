/**
 * Poison: records that the relay cannot know to be wrong and that a device cannot follow. Nothing of it is taken; the
 * device makes the group anew (REF rules), and the two go on in it.
 */
import { refoundNumber } from "../src/protocol/chain.ts";
import { asSealed } from "../src/base/brand.ts";
import type { ChangeFields, DeviceFrame } from "../src/protocol/frames.ts";
import type { Case } from "./cases.ts";
import type { Member } from "./member.ts";

const body = (length: number, fill = 3): Uint8Array => new Uint8Array(length).fill(fill);
const noise = asSealed(body(4096));

const change = (name: string, rule: string, over: (member: Member) => Partial<ChangeFields>): Case<Member> => ({
  name,
  rule,
  expect: "seal",
  make: (member) =>
    member.send({
      type: "change",
      n: member.n() + 1,
      generation: member.disk.generation,
      epoch: member.disk.epoch,
      commit: noise,
      welcome: null,
      enrol: [],
      revoke: [],
      ...over(member),
    } satisfies DeviceFrame),
});

export const poisonCases: readonly Case<Member>[] = [
  change("a change of noise", "REF1", () => ({})),
  change("a change of zeros, of the largest size", "REF1", () => ({ commit: asSealed(new Uint8Array(65_536)) })),
  change("a change that is an entry", "REF1", (member) => ({ commit: member.sealed(member.entryOf("thought", { text: "x", at: 1 })) })),
  change("a change of noise that lets a key of noise in", "REF1", () => ({ enrol: [body(32, 9)], welcome: noise })),
  {
    name: "a group made anew, with a welcome of noise",
    rule: "REF1",
    expect: "seal",
    make: (member) =>
      member.send({
        type: "refound",
        n: refoundNumber(member.disk.generation + 1),
        generation: member.disk.generation,
        epoch: member.disk.epoch,
        welcome: noise,
      }),
  },
];
