/**
 * Appends, changes and cursors: what moves a line's log (LOG rules). Pure.
 *
 * The order of the questions is part of the protocol: a repeat is recognised first (LOG2), then a skipped number, then
 * the epoch (LOG3), then who may do it (LOG6), and room last (LOG8). A refused record uses up nothing.
 */
import type { Millis, Sealed } from "../../base/brand.ts";
import type { FrameOf, ChangeFields } from "../../protocol/frames.ts";
import type { Limits } from "./limits.ts";
import type { Write } from "./log-port.ts";
import { refuse, type Effect, type Outcome, type RelayCrypto } from "./outcome.ts";
import { addUsed, keyTextOf, replaceMember, type KeptRecord, type KeyText, type MemberDevice, type OpenLine, type Side } from "./state.ts";

export const decideAppend = (state: OpenLine, author: MemberDevice, frame: FrameOf<"append">, now: Millis, limits: Limits, crypto: RelayCrypto): Outcome => {
  if (frame.n <= author.n) return { kind: "repeat", n: frame.n };
  if (frame.n > author.n + 1) return refuse("gap");
  if (frame.epoch !== state.epoch) return refuse("stale");
  if (state.used[author.side] + frame.body.length > limits.room) return refuse("full");
  const record = makeRecord(state, author, "entry", frame, frame.body, now, crypto);
  return { kind: "accept", state: afterRecord(state, author, record), record, writes: [], saveLine: false, effects: [] };
};

export const decideChange = (state: OpenLine, author: MemberDevice, frame: ChangeFields, now: Millis, limits: Limits, crypto: RelayCrypto): Outcome => {
  const refused = precheckChange(state, author, frame, limits);
  if (refused) return refused;
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
  return applyChange(state, author, frame, { side: author.side, keys: enrolled }, now, crypto);
};

/** The questions that every change is asked, before who it lets in or out. */
export const precheckChange = (state: OpenLine, author: MemberDevice, frame: ChangeFields, limits: Limits): Outcome | undefined => {
  if (frame.n <= author.n) return { kind: "repeat", n: frame.n };
  if (frame.n > author.n + 1) return refuse("gap");
  if (frame.epoch !== state.epoch || frame.generation !== state.generation) return refuse("stale");
  if (state.used[author.side] + frame.commit.length > limits.room + limits.reservedRoom) return refuse("full");
  return undefined;
};

/** A key is enrolled on a line once, for ever. */
export const mayEnrol = (state: OpenLine, keys: readonly KeyText[]): boolean =>
  new Set(keys).size === keys.length && !keys.some((key) => state.members.some((member) => member.key === key));

/** Membership, epoch and record together (LOG5). */
export const applyChange = (
  state: OpenLine,
  author: MemberDevice,
  frame: ChangeFields,
  enrol: { readonly side: Side; readonly keys: readonly KeyText[] },
  now: Millis,
  crypto: RelayCrypto,
  effects: readonly Effect[] = [],
): Extract<Outcome, { kind: "accept" }> & { readonly state: OpenLine } => {
  const record = makeRecord(state, author, "change", frame, frame.commit, now, crypto);
  const counted = afterRecord(state, author, record);
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
  }));
  const writes: Write[] = frame.revoke.map((device) => ({ kind: "unwelcome", line: state.line, device }));
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

/** A cursor only rises, and never above what is there. Not worth a write of its own: a lost one costs nothing but room. */
export const moveCursor = (state: OpenLine, device: MemberDevice, cursor: number): OpenLine => {
  const capped = Math.min(cursor, state.seq);
  return capped > device.cursor ? { ...state, members: replaceMember(state.members, device.index, { cursor: capped }) } : state;
};

const makeRecord = (
  state: OpenLine,
  author: MemberDevice,
  kind: KeptRecord["kind"],
  { n, epoch }: { readonly n: number; readonly epoch: number },
  body: Sealed,
  now: Millis,
  crypto: RelayCrypto,
): KeptRecord => {
  const record = { seq: state.seq + 1, at: now, device: author.index, n, epoch, kind, body };
  return { ...record, head: crypto.nextHead(state.head, record) };
};

const afterRecord = (state: OpenLine, author: MemberDevice, record: KeptRecord): OpenLine => ({
  ...state,
  seq: record.seq,
  head: record.head,
  members: replaceMember(state.members, author.index, { n: record.n }),
  used: addUsed(state.used, author.side, record.body.length),
});
