/**
 * The group made anew (REF rules), and a side taken back with the twelve words (REC rules). Pure. Both move generation
 * and epoch by one, and their record's body is the welcome for every device that goes on.
 */
import type { Millis } from "../../base/brand.ts";
import { refoundNumber } from "../../protocol/chain.ts";
import type { FrameOf } from "../../protocol/frames.ts";
import { afterRecord, forgetDevice, leaveDoor, makeRecord, mayEnrol } from "./decide-records.ts";
import type { Limits } from "./limits.ts";
import { refuse, type Effect, type Outcome, type RelayCrypto } from "./outcome.ts";
import { keyTextOf, withSide, type MemberDevice, type OpenLine, type Side } from "./state.ts";

/** Its number is none of its author's count: whoever lost records, or cannot read them, does not know what was used. */
export const decideRefound = (state: OpenLine, author: MemberDevice, frame: FrameOf<"refound">, now: Millis, limits: Limits, crypto: RelayCrypto): Outcome => {
  if (frame.n <= refoundNumber(state.generation)) return { kind: "repeat", n: frame.n, unless: "stale" };
  if (frame.n !== refoundNumber(state.generation + 1)) return refuse("malformed");
  if (isStale(state, frame)) return refuse("stale");
  const times = lately(state.refounds[author.side], now, limits);
  const after = nextTurn(times, limits.refounds, limits);
  if (after > 0) return refuse("busy", after);
  if (isFull(state, author.side, frame, limits)) return refuse("full");
  const record = makeRecord(state, author, "refound", frame, frame.welcome, now, crypto);
  const counted = afterRecord(state, record);
  return {
    kind: "accept",
    state: { ...anew(counted), refounds: withSide(state.refounds, author.side, [...times, now]) },
    record,
    writes: [],
    saveLine: true,
    effects: [],
  };
};

/** By whoever proved the words of `side`. The signature was checked before. */
export const decideReclaim = (state: OpenLine, side: Side, frame: FrameOf<"reclaim">, now: Millis, limits: Limits, crypto: RelayCrypto): Outcome => {
  if (isStale(state, frame)) return refuse("stale");
  const key = keyTextOf(frame.key);
  if (!mayEnrol(state, [key])) return refuse("forbidden");
  const own = state.members.filter((member) => member.side === side);
  if (own.length + 1 > limits.keysEver) return refuse("full");
  const times = lately(state.reclaims[side], now, limits);
  const after = nextTurn(times, limits.reclaims, limits);
  if (after > 0) return refuse("busy", after);
  if (isFull(state, side, frame, limits)) return refuse("full");

  const gone = own.filter((member) => !member.revoked).map(({ index }) => index);
  const author: MemberDevice = {
    index: state.members.length,
    side,
    key,
    revoked: false,
    begin: state.seq + 1,
    cursor: 0,
    n: 0,
    welcome: false,
    toldLatecomer: state.latecomer,
    enrolledAt: 0,
    skips: false,
  };
  const staying = state.members.map((member) => (gone.includes(member.index) ? { ...member, revoked: true, welcome: false } : member));
  const record = makeRecord(state, author, "refound", { n: 1, epoch: frame.epoch }, frame.welcome, now, crypto);
  const counted = afterRecord({ ...state, members: [...staying, author] }, record);
  const left = leaveDoor(counted, side);
  const reply: Effect = { kind: "reply", frame: { type: "acked", n: record.n, seq: record.seq, at: record.at, head: record.head } };
  return {
    kind: "accept",
    state: {
      ...anew(left.state),
      reclaims: withSide(state.reclaims, side, [...times, now]),
      offers: state.offers[side] ? withSide(state.offers, side, undefined) : state.offers,
    },
    record,
    writes: [...gone.flatMap((device) => forgetDevice(state, device)), ...left.writes],
    saveLine: true,
    effects: [{ kind: "revoke", devices: gone }, { kind: "close-door", door: side }, reply, { kind: "end-recovery" }],
  };
};

interface Anew {
  readonly generation: number;
  readonly epoch: number;
  readonly welcome: Uint8Array;
}

const isStale = (state: OpenLine, frame: Anew): boolean => frame.epoch !== state.epoch || frame.generation !== state.generation;

/** As for changes: a full side can still make the group anew (LOG8). */
const isFull = (state: OpenLine, side: Side, frame: Anew, limits: Limits): boolean =>
  state.used[side] + frame.welcome.length > limits.room + limits.reservedRoom;

/** Every count may begin anew above where it is: a device whose records were lost must not use its numbers twice. */
const anew = (state: OpenLine): OpenLine => ({
  ...state,
  generation: state.generation + 1,
  epoch: state.epoch + 1,
  members: state.members.map((member) => (member.revoked ? member : { ...member, skips: true })),
});

const lately = (times: readonly Millis[], now: Millis, limits: Limits): readonly Millis[] => times.filter((at) => at > now - limits.refoundWindow);

/** 0 when there is one left; else when there is. */
const nextTurn = (times: readonly Millis[], most: number, limits: Limits): Millis => {
  const oldest = times[times.length - most];
  return oldest === undefined ? 0 : oldest + limits.refoundWindow;
};
