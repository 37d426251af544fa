import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { certifyDevice } from "../protocol/certificate.ts";
import {
  deviceMailboxOf,
  deviceTicketOf,
  mailboxKeyOf,
  readDeviceLink,
  readInvitation,
  ticketOf,
  writeDeviceLink,
  writeInvitation,
} from "../protocol/invitation.ts";
import { publicKey } from "../protocol/keys.ts";
import { answerCap, knockSize } from "../protocol/sizes.ts";
import { bytes, context, laptop, state } from "./bond.testing.ts";
import { addDevice, hearDeviceKnocks, letIn } from "./devices.ts";
import { openDeviceAnswer, openDeviceKnock, openKnock, sealDeviceAnswer, sealDeviceKnock, sealKnock, type DeviceKnock } from "./knock.ts";
import type { Adding, State } from "./state.ts";

const link = { relay: "https://relay.example.org", relayHash: bytes(32, 1), line: bytes(16, 7), inviterHash: bytes(32, 3), secret: new Secret(bytes(16, 4)) };
const mailbox = deviceMailboxOf(link);
const asks: DeviceKnock = { is: "asks", device: bytes(32, 80), box: bytes(1216, 81), name: "tablet" };
const packaged: DeviceKnock = { is: "package", keyPackage: bytes(2000, 82) };
const own = { key: new Secret(bytes(32, 60)), gen: 1, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 1 } };
const at = 1_800_000_000_000;

/** Ada's phone after the others of hers left, with its side's door open, and who knocks there. */
const door = (): State => {
  const added = addDevice(state({ own, outbox: [] }), { ...context, random: () => bytes(16, 4) });
  if ("refused" in added) throw new Error(added.refused);
  return added.state;
};
const knocks = (before: State, ...items: readonly { readonly id: number; readonly key: Uint8Array; readonly knock: DeviceKnock }[]): State =>
  hearDeviceKnocks(
    before,
    { type: "knocks", items: items.map(({ id, key, knock }) => ({ id, key, at, body: sealDeviceKnock(knock, mailbox, before.line, context.random) })) },
    context,
  )[0];
const asking = ({ adding }: State): Adding["asking"] => adding?.asking ?? [];
const tablet = { id: 1, key: bytes(32, 80), knock: asks };
const lets = (before: State, id: number): State => {
  const done = letIn(before, id, context);
  if ("refused" in done) throw new Error(done.refused);
  return done.state;
};

describe("A device link", () => {
  it("[DEVKNOCK1] has an invitation's fields, and is none: neither link is read as the other, nor opens the other's door", () => {
    const written = writeDeviceLink(link);
    expect(readDeviceLink(written)).toMatchObject({ ok: true, value: { relay: link.relay, line: link.line, inviterHash: link.inviterHash } });
    expect(readInvitation(written)).toEqual({ ok: false, error: "not-an-invitation" });
    expect(readDeviceLink(writeInvitation(link))).toEqual({ ok: false, error: "not-an-invitation" });
    expect(deviceTicketOf(link)).not.toEqual(ticketOf(link));
    expect(mailbox.expose()).not.toEqual(mailboxKeyOf(link).expose());
  });
});

describe("A device's knock", () => {
  it("[DEVKNOCK1] comes out as it went in, is always of one length, and is no person's knock", () => {
    for (const knock of [asks, packaged]) {
      const sealed = sealDeviceKnock(knock, mailbox, link.line, context.random);
      expect(sealed.length).toBe(knockSize);
      expect(openDeviceKnock(sealed, mailbox, link.line)).toEqual(knock);
      expect(openDeviceKnock(sealed, mailbox, bytes(16, 8))).toBeUndefined();
      expect(openDeviceKnock(sealed, mailboxKeyOf(link), link.line)).toBeUndefined();
      for (const place of [0, 24, 100, knockSize - 1])
        expect(openDeviceKnock(sealed.with(place, (sealed[place] as number) ^ 1), mailbox, link.line)).toBeUndefined();
      expect(openKnock(sealed, mailbox, link.line)).toBeUndefined();
    }
    const person = sealKnock({ certificate: bytes(140, 1), keyPackage: bytes(900, 2), name: "Ben" }, mailbox, link.line, context.random);
    expect(openDeviceKnock(person, mailbox, link.line)).toBeUndefined();
  });

  it("[DEVKNOCK1] the answer to it is always of one length, and only its link opens it", () => {
    const answer = { certificate: bytes(1024, 1), person: bytes(32, 2), other: bytes(32, 3) };
    const sealed = sealDeviceAnswer(answer, mailbox, link.line, context.random);
    expect(sealed.length).toBe(answerCap);
    expect(openDeviceAnswer(sealed, mailbox, link.line)).toEqual(answer);
    expect(openDeviceAnswer(sealed, deviceMailboxOf({ ...link, secret: new Secret(bytes(16, 5)) }), link.line)).toBeUndefined();
    expect(openDeviceAnswer(sealed.with(99, (sealed[99] as number) ^ 1), mailbox, link.line)).toBeUndefined();
  });

  it("[DEVKNOCK1] it is shown with its name and three words, in its own key's name alone", () => {
    expect(asking(knocks(door(), tablet))).toMatchObject([{ id: 1, key: bytes(32, 80), name: "tablet" }]);
    expect(asking(knocks(door(), tablet))[0]?.code.length).toBe(3);
    expect(asking(knocks(door(), { ...tablet, key: bytes(32, 90) }))).toEqual([]);
    expect(asking(hearDeviceKnocks(door(), { type: "knocks", items: [{ id: 1, key: bytes(32, 80), at, body: bytes(knockSize, 1) }] }, context)[0])).toEqual([]);
  });

  it("[DEVKNOCK1] a package is taken from the key that was let in, once, and from no other", () => {
    const shown = knocks(door(), tablet, { id: 2, key: bytes(32, 90), knock: { ...asks, device: bytes(32, 90) } });
    expect(knocks(shown, { id: 3, key: bytes(32, 80), knock: packaged }).outbox).toEqual([]);
    const let_in = lets(shown, 1);
    expect(knocks(let_in, { id: 4, key: bytes(32, 90), knock: packaged }).outbox).toEqual([]);
    const added = knocks(let_in, { id: 3, key: bytes(32, 80), knock: packaged });
    expect(added.outbox.map(({ content }) => content)).toMatchObject([
      { is: "change", add: [{ key: bytes(32, 80), box: bytes(1216, 81), name: "tablet" }], remove: [] },
    ]);
    expect(knocks(added, { id: 3, key: bytes(32, 80), knock: packaged }).outbox.length).toBe(1);
    expect(knocks(let_in, { id: 5, key: laptop.device, knock: packaged }).outbox).toEqual([]);
  });

  it("[DEVKNOCK1] who is let in is answered with a certificate by my person, who I am and who the other is", () => {
    const person = new Secret(bytes(32, 9));
    const mine = knocks({ ...door(), self: { ...state().self, person, personKey: publicKey(person) } }, tablet);
    const done = letIn(mine, 1, context);
    const [effect] = "refused" in done ? [] : (done.effects ?? []);
    if (effect?.do !== "send" || effect.frame.type !== "answer") throw new Error("it is answered");
    expect(effect.frame.knock).toBe(1);
    expect(openDeviceAnswer(effect.frame.body, mailbox, mine.line)).toEqual({
      certificate: certifyDevice(mine.line, person, bytes(32, 80)),
      person: publicKey(person),
      other: bytes(32, 200),
    });
    expect(letIn(mine, 9, context)).toEqual({ refused: "no-such-knock" });
  });
});
