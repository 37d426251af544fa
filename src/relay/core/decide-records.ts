/**
 * Appends, changes and cursors: what moves a line's log (LOG rules). Pure. The group made anew is in decide-refound.ts.
 *
 * The order of the questions is part of the protocol: a repeat is recognised first (LOG2), then a skipped number, then
 * the epoch (LOG3), then who may do it (LOG6), and room last (LOG8). A refused record uses up nothing.
 */
import type { Millis, Sealed } from "../../base/brand.ts";
import type { FrameOf, ChangeFields } from "../../protocol/frames.ts";
import type { Limits } from "./limits.ts";
import type { Write } from "./log-port.ts";
import { refuse, type Accept, type Effect, type Outcome, type RelayCrypto } from "./outcome.ts";
import {
  countRecord,
  keyTextOf,
  replaceMember,
  withSide,
  type Door,
  type KeptRecord,
  type KeyText,
  type MemberDevice,
  type OpenLine,
  type Side,
} from "./state.ts";

export const decideAppend = (state: OpenLine, author: MemberDevice, frame: FrameOf<"append">, now: Millis, limits: Limits, crypto: RelayCrypto): Outcome => {
  if (frame.n <= author.n) return { kind: "repeat", n: frame.n, unless: "gap" };
  if (frame.n > author.n + 1 && !author.skips) return refuse("gap");
  if (frame.epoch !== state.epoch) return refuse("stale");
  if (state.used[author.side] + frame.body.length > limits.room) return refuse("full");
  const record = makeRecord(state, author, "entry", frame, frame.body, now, crypto);
  return { kind: "accept", state: afterRecord(state, record), record, writes: [], saveLine: false, effects: [] };
};

export const decideChange = (state: OpenLine, author: MemberDevice, frame: ChangeFields, now: Millis, limits: Limits, crypto: RelayCrypto): Outcome => {
  const refused = precheckChange(state, author, frame, limits);
  if (refused) return refused;
  const settles = settlesAt(author, limits);
  if (frame.revoke.length > 0 && now < settles) return refuse("forbidden", settles);
  const enrolled = frame.enrol.map(keyTextOf);
  for (const index of frame.revoke) {
    const member = state.members[index];
    // A device cannot take itself out of the group, so no side ever revokes its last one.
    if (!member || member.side !== author.side || member.revoked || index === author.index) return refuse("forbidden");
  }
  if (new Set(frame.revoke).size !== frame.revoke.length) return refuse("forbidden");
  if (!mayEnrol(state, enrolled)) return refuse("forbidden");
  const own = state.members.filter((member) => member.side === author.side);
  const active = own.filter((member) => !member.revoked).length - frame.revoke.length + enrolled.length;
  if (active > limits.devices) return refuse("forbidden");
  if (own.length + enrolled.length > limits.keysEver) return refuse("full");
  const changed = applyChange(state, author, frame, { side: author.side, keys: enrolled, at: now }, now, crypto);
  return admitOwn(changed, author.side, enrolled);
};

/** Until then it may not revoke (AGE1). */
export const settlesAt = (member: MemberDevice, limits: Limits): Millis => (member.enrolledAt === 0 ? 0 : member.enrolledAt + limits.probation);

/** A key that waits at its own side's door uses that door up (DOOR9). */
const admitOwn = (changed: Change, side: Side, keys: readonly KeyText[]): Change => {
  const { state } = changed;
  const offer = state.offers[side];
  if (!offer || !state.knocks.some(({ door, key }) => door === side && keys.includes(key))) return changed;
  const left = leaveDoor(state, side);
  return {
    ...changed,
    state: { ...left.state, offers: withSide(state.offers, side, { ...offer, used: true }) },
    writes: [...changed.writes, ...left.writes],
    effects: [...changed.effects, { kind: "admit", door: side, keys }],
  };
};

/** Nobody waits at this door any more. */
export const leaveDoor = (state: OpenLine, door: Door): { readonly state: OpenLine; readonly writes: readonly Write[] } => {
  const ids = state.knocks.filter((knock) => knock.door === door).map(({ id }) => id);
  if (ids.length === 0) return { state, writes: [] };
  return { state: { ...state, knocks: state.knocks.filter((knock) => knock.door !== door) }, writes: [{ kind: "unknock", line: state.line, ids }] };
};

/** The questions that every change is asked, before who it lets in or out. */
export const precheckChange = (state: OpenLine, author: MemberDevice, frame: ChangeFields, limits: Limits): Outcome | undefined => {
  if (frame.n <= author.n) return { kind: "repeat", n: frame.n, unless: "gap" };
  if (frame.n > author.n + 1 && !author.skips) return refuse("gap");
  if (frame.epoch !== state.epoch || frame.generation !== state.generation) return refuse("stale");
  if (state.used[author.side] + frame.commit.length > limits.room + limits.reservedRoom) return refuse("full");
  return undefined;
};

/** A key is enrolled on a line once, for ever. */
export const mayEnrol = (state: OpenLine, keys: readonly KeyText[]): boolean =>
  new Set(keys).size === keys.length && !keys.some((key) => state.members.some((member) => member.key === key));

type Change = Accept & { readonly state: OpenLine };

/** Membership, epoch and record together (LOG5). `enrol.at`: when they were let in, 0 for those who are settled at once. */
export const applyChange = (
  state: OpenLine,
  author: MemberDevice,
  frame: ChangeFields,
  enrol: { readonly side: Side; readonly keys: readonly KeyText[]; readonly at: Millis },
  now: Millis,
  crypto: RelayCrypto,
  effects: readonly Effect[] = [],
): Change => {
  const record = makeRecord(state, author, "change", frame, frame.commit, now, crypto);
  const counted = afterRecord(state, record);
  const staying = counted.members.map((member) => (frame.revoke.includes(member.index) ? { ...member, revoked: true, welcome: false } : member));
  const coming = enrol.keys.map((key, i): MemberDevice => ({
    index: staying.length + i,
    side: enrol.side,
    key,
    revoked: false,
    begin: record.seq,
    cursor: 0,
    n: 0,
    welcome: frame.welcome !== null,
    toldLatecomer: state.latecomer,
    enrolledAt: enrol.at,
    skips: false,
  }));
  const writes: Write[] = frame.revoke.flatMap((device) => forgetDevice(state, device));
  if (frame.welcome !== null) for (const { index } of coming) writes.push({ kind: "welcome", line: state.line, device: index, body: frame.welcome });
  return {
    kind: "accept",
    state: { ...counted, epoch: state.epoch + 1, members: [...staying, ...coming] },
    record,
    writes,
    saveLine: true,
    effects: frame.revoke.length > 0 ? [...effects, { kind: "revoke", devices: frame.revoke }] : effects,
  };
};

/** What is kept for a device that is revoked. */
export const forgetDevice = ({ line }: OpenLine, device: number): readonly Write[] => [
  { kind: "unwelcome", line, device },
  { kind: "unpackage", line, device },
];

/** A cursor only rises, and never above what is there. Not worth a write of its own: a lost one costs nothing but room. */
export const moveCursor = (state: OpenLine, device: MemberDevice, cursor: number): OpenLine => {
  const capped = Math.min(cursor, state.seq);
  return capped > device.cursor ? { ...state, members: replaceMember(state.members, device.index, { cursor: capped }) } : state;
};

export const makeRecord = (
  state: OpenLine,
  author: Pick<MemberDevice, "index">,
  kind: KeptRecord["kind"],
  { n, epoch }: { readonly n: number; readonly epoch: number },
  body: Sealed,
  now: Millis,
  crypto: RelayCrypto,
): KeptRecord => {
  const record = { seq: state.seq + 1, at: now, device: author.index, n, epoch, kind, body };
  return { ...record, head: crypto.nextHead(state.head, record) };
};

export const afterRecord = (state: OpenLine, record: KeptRecord): OpenLine => countRecord(state, { ...record, size: record.body.length });
