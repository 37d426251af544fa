/** The end of a line, and what goes with time (CLOSE rules, LOG7). Pure. */
import type { Millis } from "../../base/brand.ts";
import { readEnd } from "../../protocol/certificate.ts";
import { sideOfFired } from "../../protocol/chain.ts";
import type { FrameOf } from "../../protocol/frames.ts";
import { leaveDoor } from "./decide-records.ts";
import type { Limits } from "./limits.ts";
import type { Write } from "./log-port.ts";
import { refuse, type Outcome, type RelayCrypto } from "./outcome.ts";
import { flatHex, idBytes, withSide, type KeyText, type LineState, type OpenLine, type RecordMeta, type Side } from "./state.ts";

export const decideEnd = (state: OpenLine, frame: FrameOf<"end">, now: Millis, crypto: RelayCrypto): Outcome => {
  // A certificate that nobody could check later would leave the other person without an answer for ever.
  if (!readEnd(idBytes(state.line), frame.certificate)) return refuse("malformed");
  // A copy: what came may be a view of a much larger network buffer.
  const certificate = frame.certificate.slice();
  return {
    kind: "accept",
    state: { phase: "ended", line: state.line, certificate, keyHashes: state.members.map(({ key }) => hashKey(key, crypto)), at: now },
    record: undefined,
    writes: [{ kind: "wipe", line: state.line }],
    saveLine: true,
    effects: [{ kind: "end", certificate }],
  };
};

export const hashKey = (key: KeyText, crypto: RelayCrypto): string => flatHex(crypto.sha256(idBytes(key)));

/** The last seq that every device that may still come has passed. */
const passedByAll = (state: OpenLine): number =>
  Math.min(state.seq, ...state.members.filter(({ revoked }) => !revoked).map((member) => Math.max(member.cursor, member.begin)));

/** True when a cut may be possible without having looked at any record. */
export const hasPassed = (state: OpenLine): boolean => passedByAll(state) > state.baseSeq;

/** What a vigil left waits for the other person, however long it takes, while a device of that side can come for it (VIG11). */
const isAwaited = (state: OpenLine, seq: number, owner: Side): boolean => {
  const others = state.members.filter(({ side }) => side !== owner);
  if (others.some(({ begin, cursor }) => begin < seq && cursor >= seq)) return false;
  const open = others.filter(({ revoked }) => !revoked);
  return open.length === 0 || open.some(({ begin }) => begin < seq);
};

const sides = [0, 1] as const;

export type Expiry =
  | { readonly kind: "nothing" }
  | { readonly kind: "forget"; readonly writes: readonly Write[] }
  | { readonly kind: "cut"; readonly state: OpenLine; readonly writes: readonly Write[] };

/** What of a line has had its time. `kept` are its first kept records, as many as one step may delete. */
export const decideExpiry = (state: LineState, kept: readonly RecordMeta[], now: Millis, limits: Limits): Expiry => {
  if (state.phase === "ended")
    return now - state.at > limits.endMemory ? { kind: "forget", writes: [{ kind: "forget", line: state.line }] } : { kind: "nothing" };

  const writes: Write[] = [];
  let next = state;
  const closed = [...(now >= state.ticketExpires ? ["pairing" as const] : []), ...sides.filter((side) => now >= (state.offers[side]?.expires ?? 0))];
  for (const door of closed) {
    const left = leaveDoor(next, door);
    next = left.state;
    writes.push(...left.writes);
  }
  for (const side of sides)
    if (now >= (next.offers[side]?.expires ?? now) + limits.invitation) next = { ...next, offers: withSide(next.offers, side, undefined) };
  const passed = passedByAll(state);
  const used: [number, number] = [...state.used];
  let last: RecordMeta | undefined;
  for (const record of kept) {
    if (record.seq > passed && now - record.at <= limits.keep) break;
    const owner = sideOfFired(record.device);
    if (owner !== undefined && record.seq > passed && isAwaited(state, record.seq, owner)) break;
    const side = owner ?? state.members[record.device]?.side;
    if (side !== undefined) used[side] -= record.size;
    last = record;
  }
  if (last) {
    const keepAcks = state.members
      .filter((member) => !member.revoked && member.cursor < last.seq)
      .map((member) => ({ device: member.index, after: member.cursor }));
    writes.push({ kind: "trim", line: state.line, to: last.seq, keepAcks });
    next = { ...next, baseSeq: last.seq, baseHead: last.head, used };
  }
  return next !== state ? { kind: "cut", state: next, writes } : { kind: "nothing" };
};
