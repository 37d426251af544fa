/**
 * My devices (DEV1, DEV2, PAIR4): how one is let in from another's screen, how one is removed, and what every device of
 * both sides makes of it when the change is in the log.
 *
 *   the device here                    the relay                 the new device
 *   opens its side's door (offer)  ->                            scans the link, knocks: its key, its box
 *   shows its name and three words <-  knocks
 *   its person lets it in (answer) ->  answered              ->  is certified, knocks again: its key package
 *   adds it in one change          ->                        ->  joins, with nothing yet
 *   freshens the archive, then puts the own key in its box   ->  opens it, fetches the archive
 */
import type { Millis } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import type { Member } from "../ports/sealer.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { certifyByDevice, certifyDevice, readCertificate } from "../protocol/certificate.ts";
import type { FrameOf } from "../protocol/frames.ts";
import { deviceMailboxOf, deviceTicketOf, writeDeviceLink } from "../protocol/invitation.ts";
import { sha256 } from "../protocol/keys.ts";
import type { Who } from "../senses/sense.ts";
import type { Context, Effect, Step } from "./event.ts";
import { placeOf } from "./entry.ts";
import { withPast } from "./history.ts";
import { openDeviceKnock, sealDeviceAnswer } from "./knock.ts";
import { withKey } from "./own-entries.ts";
import { wasNew } from "./guards.ts";
import { nothing, queue } from "./senses.ts";
import type { ActRefusal, Adding, DeviceMember, LogItem, NewDevice, OutboxContent, State } from "./state.ts";
import { lineNow } from "./time.ts";
import { codeOf } from "./twelve-words.ts";
import type { DeviceNotice } from "./view.ts";

/** A device that was just let in may not remove others for so long; the relay enforces it. */
export const newFor: Millis = 24 * 60 * 60_000;
const devicesPerSide = 4;
const noticesKept = 20;

const dirty = (state: State): State => ({ ...state, unsaved: { ...state.unsaved, dirty: true } });

const myDevices = (state: State): readonly DeviceMember[] => state.members.filter((member) => member.mine && !member.revoked);

/** The first of mine that is left: it does what one of us has to do. */
export const primaryOf = (state: State): number => Math.min(...myDevices(state).map((member) => member.index));

/** How many devices of mine come before this one: each does what those before it have not done in time. */
export const rankOf = (state: State): number => myDevices(state).filter(({ index }) => index < state.index).length;

export const notice = (state: State, what: DeviceNotice, device: number | null): State => ({
  ...withPast(state, { is: "device", at: what.at, what: what.is, who: what.who, name: what.name, device }),
  notices: [...state.notices, what].slice(-noticesKept),
  happened: [...state.happened, { kind: "device", from: what.who, at: what.at, is: what.is, name: what.name }],
});

/** Removed in its first day it never comes to be settled: what it said settles nothing later either (PROM1). */
export const asRemoved = (member: DeviceMember, at: Millis): DeviceMember => ({
  ...member,
  revoked: true,
  newUntil: member.newUntil !== null && member.newUntil > at ? Number.MAX_SAFE_INTEGER : member.newUntil,
});

interface Changed {
  readonly added: readonly Member[];
  readonly removed: readonly Member[];
  readonly from: Member;
  /** Where this device made the change: what it was to do. */
  readonly made?: Extract<OutboxContent, { is: "change" }>;
}

/** A change of devices is in the log: of mine, or of the other's. */
export const membersChanged = (before: State, item: LogItem, { added, removed, made }: Changed, context: Context): Step => {
  const isMine = (member: Member): boolean => equalBytes(member.person, before.self.personKey);
  const begin = Math.max(-1, ...before.members.map((member) => member.index)) + 1;
  // Known already where the relay named it while the line was taken up.
  const fresh = added.filter((member) => !before.members.some((one) => equalBytes(one.key, member.device)));
  const came = fresh.map((member, i): DeviceMember => ({
    index: begin + i,
    key: member.device,
    mine: isMine(member),
    revoked: false,
    since: item.at,
    newUntil: item.at + newFor,
  }));
  const gone = (key: Uint8Array): boolean => removed.some((member) => equalBytes(member.device, key));
  let state: State = dirty({
    ...before,
    lastKept: placeOf(before, item.seq),
    members: [...before.members.map((member) => (gone(member.key) ? asRemoved(member, item.at) : member)), ...came],
  });
  const nameOf = (key: Uint8Array): string => before.own?.devices.find((device) => equalBytes(device.key, key))?.name ?? "";
  const indexOf = (key: Uint8Array): number | null => state.members.find((member) => equalBytes(member.key, key))?.index ?? null;
  for (const { device, ...member } of added) {
    const name = made?.add.find(({ key }) => equalBytes(key, device))?.name ?? "";
    state = notice(state, { is: "added", who: isMine({ device, ...member }) ? "me" : "other", at: item.at, name }, indexOf(device));
  }
  for (const member of removed)
    state = notice(state, { is: "removed", who: isMine(member) ? "me" : "other", at: item.at, name: nameOf(member.device) }, indexOf(member.device));
  if (state.own) state = { ...state, own: { ...state.own, devices: state.own.devices.filter((device) => !gone(device.key)) } };
  // Removed: what it kept stays, and nothing goes out or comes in any more.
  if (gone(before.selfKey))
    return [
      {
        ...state,
        self: { ...state.self, person: null },
        words: state.words && { ...state.words, boxSeed: null },
        fault: "revoked",
        trouble: { is: "revoked" },
        outbox: [],
        ahead: null,
        live: null,
      },
      [],
    ];
  if (!made || !state.own) return [state, []];
  return [handOver(state, made, removed.some(isMine), placeOf(state, item.seq), context), []];
};

/** Who made the change sees to the own key: newcomers get it, and when one left, everyone gets a new one (DEV2, DEV4). */
const handOver = (state: State, made: Extract<OutboxContent, { is: "change" }>, left: boolean, seq: number, context: Context): State => {
  const { own } = state;
  if (!own) return state;
  const came = made.add.map(({ key, box, name }) => ({ key, box, name }));
  const devices = [...own.devices, ...came];
  const owes = [...state.owes, ...came.map((device) => ({ ...device, seq }))];
  if (!left) return { ...state, adding: null, own: { ...own, devices }, owes };
  const others = devices.filter((device) => !equalBytes(device.key, state.selfKey) && !came.some((one) => equalBytes(one.key, device.key)));
  // The record's place as generation: whoever removes later has the later key, on every device.
  return {
    ...withKey({ ...state, own: { ...own, devices } }, { key: new Secret(context.random(32)), gen: seq }),
    owes: [...others.map((device) => ({ ...device, seq: 0 })), ...owes.filter((device) => !others.some((one) => equalBytes(one.key, device.key)))],
  };
};

/** The certificate of a device of mine: by the person key while it is here, else by this device (DEV1). */
const certify = (state: State, device: Uint8Array): Uint8Array =>
  state.self.person ? certifyDevice(state.line, state.self.person, device) : certifyByDevice(state.line, state.self.device, state.self.certificate, device);

const mailboxOf = (state: State, adding: Pick<Adding, "secret">): Secret => deviceMailboxOf({ secret: adding.secret, line: state.line });

export type DeviceAct = { readonly state: State; readonly effects?: readonly Effect[] } | { readonly refused: ActRefusal };

export const addDevice = (state: State, context: Context): DeviceAct => {
  if (state.stage.at !== "together" || !state.own) return { refused: "not-together" };
  if (state.adding) return { refused: "adding" };
  if (myDevices(state).length >= devicesPerSide) return { refused: "too-many-devices" };
  const secret = new Secret(context.random(16));
  const link = writeDeviceLink({ relay: state.relay.origin, relayHash: state.relay.hash, line: state.line, inviterHash: sha256(state.self.personKey), secret });
  return { state: { ...state, adding: { secret, link, expires: null, told: false, asking: [], letting: null } } };
};

export const offerFrame = (state: State, adding: Adding): FrameOf<"offer"> => ({
  type: "offer",
  hash: sha256(deviceTicketOf({ secret: adding.secret, line: state.line })),
});

export const stopAdding = (state: State): DeviceAct => {
  if (!state.adding) return { state };
  const open = state.link.is === "open" && state.adding.told;
  return { state: { ...state, adding: null }, effects: open ? [{ do: "send", frame: { type: "offer", hash: null } }] : [] };
};

export const letIn = (state: State, id: number, context: Context): DeviceAct => {
  const { adding } = state;
  const asks = adding?.asking.find((one) => one.id === id);
  if (!adding || !asks) return { refused: "no-such-knock" };
  if (adding.letting) return { refused: "adding" };
  // Six devices certified one by the other is where it ends: the person key has to vouch again.
  if (!readCertificate(state.line, certify(state, asks.key))) return { refused: "needs-words" };
  return answerTo({ ...state, adding: { ...adding, letting: { ...asks, answered: true } } }, asks, context);
};

const answerTo = (
  state: State,
  asks: { readonly id: number; readonly key: Uint8Array },
  context: Context,
): { readonly state: State; readonly effects: readonly Effect[] } => {
  if (!state.adding || state.stage.at !== "together") return { state, effects: [] };
  const answer = { certificate: certify(state, asks.key), person: state.self.personKey, other: state.stage.other };
  const body = sealDeviceAnswer(answer, mailboxOf(state, state.adding), state.line, context.random);
  return { state, effects: [{ do: "send", frame: { type: "answer", knock: asks.id, body } }] };
};

/** Who waits at my side's door, and what they brought. */
export const hearDeviceKnocks = (before: State, frame: FrameOf<"knocks">, context: Context): Step => {
  let state = before;
  const effects: Effect[] = [];
  const asking: Adding["asking"][number][] = [];
  const { adding } = before;
  if (!adding || before.stage.at !== "together") return [before, []];
  const mailbox = mailboxOf(before, adding);
  for (const item of frame.items) {
    const knock = openDeviceKnock(item.body, mailbox, before.line);
    const known = adding.asking.find((one) => one.id === item.id);
    if (knock?.is === "asks" && equalBytes(knock.device, item.key)) {
      asking.push({ id: item.id, key: item.key, box: knock.box, name: knock.name, code: codeOf(mailbox, item.key, knock.box) });
      if (!known) effects.push({ do: "emit", happening: { kind: "device-asks", from: "me", at: item.at, id: item.id, name: knock.name } });
      // It asks again: the certificate did not reach it.
      if (adding.letting && equalBytes(adding.letting.key, item.key)) effects.push(...answerTo(state, { id: item.id, key: item.key }, context).effects);
    } else if (knock?.is === "package" && adding.letting && equalBytes(adding.letting.key, item.key)) {
      if (known) asking.push(known);
      const { key, box, name } = adding.letting;
      if (!isBeingAdded(state, key)) state = queueChange(state, [{ key, box, name, keyPackage: knock.keyPackage }], []);
    }
  }
  return [{ ...state, adding: { ...adding, asking } }, effects];
};

const isBeingAdded = (state: State, key: Uint8Array): boolean =>
  state.members.some((member) => equalBytes(member.key, key)) ||
  state.outbox.some(({ content }) => content.is === "change" && content.add.some((device) => equalBytes(device.key, key)));

const queueChange = (state: State, add: readonly NewDevice[], remove: readonly Uint8Array[]): State =>
  dirty({ ...state, n: state.n + 1, ahead: null, outbox: [...state.outbox, { n: state.n, content: { is: "change", add, remove, made: null }, sealed: null }] });

export const removeDevice = (state: State, index: number, context: Context): DeviceAct => {
  if (state.stage.at !== "together") return { refused: "not-together" };
  const device = myDevices(state).find((member) => member.index === index);
  if (!device || index === state.index) return { refused: "no-such-device" };
  const me = state.members.find((member) => member.index === state.index);
  if (me?.newUntil && me.newUntil > lineNow(state, context)) return { refused: "too-new" };
  return { state: queueChange(state, [], [device.key]) };
};

/** The relay lets the newer device do everything from now on, and all devices of both know: what it says of promises counts (PROM1). */
export const vouch = (state: State, index: number, context: Context): DeviceAct => {
  if (state.stage.at !== "together" || !myDevices(state).some((member) => member.index === index)) return { refused: "no-such-device" };
  const me = state.members.find((member) => member.index === state.index);
  if (me?.newUntil && me.newUntil > lineNow(state, context)) return { refused: "too-new" };
  if (state.link.is !== "open" || !state.link.current) return { refused: "offline" };
  const members = state.members.map((member) => (member.index === index ? { ...member, newUntil: null } : member));
  return {
    state: queue(dirty({ ...state, members }), { kind: "vouched", body: { device: index } }),
    effects: [{ do: "send", frame: { type: "vouch", device: index } }],
  };
};

/** By a device of the same side that is not new itself. */
export const hearVouched = (state: State, body: Cbor, from: Who, author: Uint8Array, at: Millis): State => {
  if (typeof body !== "object" || body === null || !("device" in body) || wasNew(state, toHex(author), at)) return state;
  const isMeant = ({ index, mine }: DeviceMember): boolean => index === body.device && mine === (from === "me");
  return dirty({ ...state, members: state.members.map((member) => (isMeant(member) ? { ...member, newUntil: null } : member)) });
};

/** A change that came to nothing: its count is filled with nothing, for counts have no gaps. */
export const dropChange = (state: State, n: number): State => ({
  ...state,
  adding: null,
  outbox: state.outbox.map((item) =>
    item.n === n && item.content.is === "change" ? { ...item, content: { is: "entry", said: nothing }, sealed: null } : item,
  ),
});

/** What is left to do of a change once others came first; null when nothing is. */
export const stillToDo = (state: State, content: Extract<OutboxContent, { is: "change" }>): Pick<typeof content, "add" | "remove"> | null => {
  const add = content.add.filter((device) => !state.members.some((member) => equalBytes(member.key, device.key)));
  const remove = content.remove.filter((key) => myDevices(state).some((member) => equalBytes(member.key, key)));
  const room = devicesPerSide - myDevices(state).length + remove.length;
  return add.length + remove.length === 0 || add.length > room ? null : { add, remove };
};
