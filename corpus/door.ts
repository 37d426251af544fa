/** What someone who holds the link puts at the inviter's door. The relay cannot read a knock; the inviter's device can. */
import { Secret } from "../src/base/secret.ts";
import { sealKnock } from "../src/line/knock.ts";
import { certifyDevice } from "../src/protocol/certificate.ts";
import { mailboxKeyOf, type Invitation } from "../src/protocol/invitation.ts";
import { publicKey } from "../src/protocol/keys.ts";
import type { Case } from "./cases.ts";

export interface Knocker {
  readonly invitation: Invitation;
  readonly person: Secret;
  readonly device: Secret;
  /** A key package that Ben's sealer made for this person and device. */
  readonly keyPackage: Uint8Array;
  /** Ada's own person and device keys, as everyone could see them in a bond of theirs. */
  readonly adasPerson: Secret;
  knock(body: Uint8Array): void;
}

export interface DoorCase extends Case<Knocker> {
  /** It is shown, under this name, and letting it in is refused. */
  readonly shown?: string;
}

const random = (length: number): Uint8Array => new Uint8Array(length).fill(4);
const seal = ({ invitation }: Knocker, knock: { readonly certificate: Uint8Array; readonly keyPackage: Uint8Array; readonly name: string }): Uint8Array =>
  sealKnock(knock, mailboxKeyOf(invitation), invitation.line, random);
const honest = (given: Knocker) => ({
  certificate: certifyDevice(given.invitation.line, given.person, publicKey(given.device)),
  keyPackage: given.keyPackage,
  name: "Eve",
});
const knocking = (name: string, rule: string, over: (given: Knocker) => Partial<ReturnType<typeof honest>>, shown?: string): DoorCase => ({
  name,
  rule,
  expect: shown === undefined ? "dropped" : "schema",
  make: (given) => given.knock(seal(given, { ...honest(given), ...over(given) })),
  ...(shown === undefined ? {} : { shown }),
});

export const doorCases: readonly DoorCase[] = [
  { name: "a knock of noise", rule: "PAIR2", expect: "dropped", make: ({ knock }) => knock(random(8192)) },
  {
    name: "a knock sealed under another key",
    rule: "PAIR2",
    expect: "dropped",
    make: (given) => given.knock(sealKnock(honest(given), new Secret(random(32)), given.invitation.line, random)),
  },
  {
    name: "a knock sealed for another line",
    rule: "PAIR2",
    expect: "dropped",
    make: (given) => given.knock(sealKnock(honest(given), mailboxKeyOf(given.invitation), random(16), random)),
  },
  knocking("a knock with a certificate of another line", "PAIR1", (given) => ({
    certificate: certifyDevice(random(16), given.person, publicKey(given.device)),
  })),
  knocking("a knock with a certificate of another device", "PAIR1", (given) => ({
    certificate: certifyDevice(given.invitation.line, given.person, random(32)),
  })),
  knocking("a knock with a certificate of noise", "PAIR1", () => ({ certificate: random(140) })),
  knocking("a knock as Ada's own person", "BOUND2", (given) => ({
    certificate: certifyDevice(given.invitation.line, given.adasPerson, publicKey(given.device)),
  })),
  knocking("a knock with a name of marks that nobody sees", "NAME1", () => ({ name: "\u200b\u202e\u2066" })),
  knocking("a knock with a key package of noise", "PAIR2", () => ({ keyPackage: random(2779) }), "Eve"),
  knocking("a knock with no key package to speak of", "PAIR2", () => ({ keyPackage: new Uint8Array(1) }), "Eve"),
  knocking("a knock with the largest key package", "PAIR2", () => ({ keyPackage: random(7000) }), "Eve"),
  knocking("a knock whose name turns the text around it", "NAME1", () => ({ keyPackage: random(100), name: "\u202eevE\n\u001b[31m" }), "evE [31m"),
];
