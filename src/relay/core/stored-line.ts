/**
 * The saved form of a line's state: canonical CBOR, its own version first. What a relay saved must be readable for as
 * long as the line lives; a new field is a new version here, and the old ones stay readable.
 */
import { fromHex } from "../../base/bytes.ts";
import { invariant } from "../../base/exhaustive.ts";
import { decodeKept, encodeCbor, type Cbor } from "../../protocol/cbor.ts";
import type { SavedLine } from "./log-port.ts";
import {
  countRecord,
  flatHex,
  never,
  noOffers,
  type BySide,
  type Door,
  type KeyText,
  type LineId,
  type LineState,
  type MemberDevice,
  type Offer,
  type Side,
} from "./state.ts";

const openV1 = 1;
const endedV1 = 2;
const openV2 = 3;
const openV3 = 4;

const hexBytes = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  invariant(bytes, "hexadecimal in a line's state");
  return bytes;
};

export const encodeLine = (state: LineState): Uint8Array => {
  if (state.phase === "ended") return encodeCbor([endedV1, state.certificate, state.keyHashes.map(hexBytes), state.at]);
  return encodeCbor([
    openV3,
    state.generation,
    state.epoch,
    state.seq,
    state.head,
    state.baseSeq,
    state.baseHead,
    state.members.map((m) => [m.side, hexBytes(m.key), m.revoked, m.begin, m.cursor, m.n, m.welcome, m.toldLatecomer, m.enrolledAt, m.skips]),
    [...state.used],
    hexBytes(state.ticketHash),
    state.ticketExpires,
    state.ticketUsed,
    state.knocks.map((knock) => [knock.id, hexBytes(knock.key), knock.at, doors.indexOf(knock.door)]),
    state.nextKnock,
    state.latecomer,
    state.verifiers.map((key) => (key === undefined ? null : hexBytes(key))),
    state.offers.map((offer) => (offer === undefined ? null : [hexBytes(offer.hash), offer.expires, offer.used])),
    state.refounds.map((times) => [...times]),
    state.reclaims.map((times) => [...times]),
    state.incarnation,
  ]);
};

/** In the order of their numbers. */
const doors: readonly Door[] = ["pairing", 0, 1];

/** The state as saved, with what was accepted since. `undefined` for bytes that this relay did not write. */
export const decodeLine = (line: LineId, { saved, tail }: SavedLine): LineState | undefined => {
  const decoded = decodeKept(saved);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const [version, ...fields] = decoded.value as readonly Cbor[];
  if (version === endedV1) {
    const [certificate, hashes, at] = fields as [Uint8Array, Uint8Array[], number];
    return { phase: "ended", line, certificate, keyHashes: hashes.map(flatHex), at };
  }
  const open = version === openV3 ? fields : version === openV2 ? fromV2(fields) : version === openV1 ? fromV2(fromV1(fields)) : undefined;
  if (!open) return undefined;
  const [generation, epoch, seq, head, baseSeq, baseHead, members, used, ticketHash, ticketExpires, ticketUsed, knocks, nextKnock, latecomer, ...more] =
    open as unknown as SavedOpen;
  const [verifiers, offers, refounds, reclaims, incarnation] = more;
  const state: LineState = {
    phase: "open",
    line,
    generation,
    epoch,
    seq,
    head,
    baseSeq,
    baseHead,
    members: members.map(memberOf),
    used,
    ticketHash: flatHex(ticketHash),
    ticketExpires,
    ticketUsed,
    knocks: knocks.map(([id, key, at, door]) => ({ id, key: flatHex(key) as KeyText, at, door: doors[door] as Door })),
    nextKnock,
    latecomer,
    verifiers: [keyOrNone(verifiers[0]), keyOrNone(verifiers[1])],
    offers: offers.some((offer) => offer !== null) ? [offerOf(offers[0]), offerOf(offers[1])] : noOffers,
    refounds: timesOf(refounds),
    reclaims: timesOf(reclaims),
    incarnation,
  };
  return tail.reduce(countRecord, state);
};

/** Before there were vigils. */
const fromV2 = (fields: readonly Cbor[]): readonly Cbor[] => [...fields, 0];

/** Devices that release 0.1 let in are settled, knocks were at the inviter's door, and only the first side had words. */
const fromV1 = (fields: readonly Cbor[]): readonly Cbor[] => {
  const [members, knocks, recovery] = [fields[6] as SavedMember[], fields[11] as SavedKnock[], fields[14] as Cbor];
  return [
    ...fields.slice(0, 6),
    members.map((member) => [...member, 0, false]),
    ...fields.slice(7, 11),
    knocks.map((knock) => [...knock, 0]),
    ...fields.slice(12, 14),
    [recovery, null],
    [null, null],
    [[], []],
    [[], []],
  ];
};

type SavedMember = [Side, Uint8Array, boolean, number, number, number, boolean, number, number, boolean];
type SavedKnock = [number, Uint8Array, number, number];
type SavedOffer = [Uint8Array, number, boolean] | null;
type SavedOpen = [
  ...[generation: number, epoch: number, seq: number, head: Uint8Array, baseSeq: number, baseHead: Uint8Array],
  ...[members: SavedMember[], used: [number, number], ticketHash: Uint8Array, ticketExpires: number, ticketUsed: boolean],
  ...[knocks: SavedKnock[], nextKnock: number, latecomer: number],
  ...[verifiers: BySide<Uint8Array | null>, offers: BySide<SavedOffer>, refounds: BySide<number[]>, reclaims: BySide<number[]>],
  incarnation: number,
];

const keyOrNone = (key: Uint8Array | null): KeyText | undefined => (key === null ? undefined : (flatHex(key) as KeyText));
const offerOf = (saved: SavedOffer): Offer | undefined => (saved === null ? undefined : { hash: flatHex(saved[0]), expires: saved[1], used: saved[2] });
const timesOf = (times: BySide<number[]>): BySide<readonly number[]> => (times.some(({ length }) => length > 0) ? times : never);

const memberOf = ([side, key, revoked, begin, cursor, n, welcome, toldLatecomer, enrolledAt, skips]: SavedMember, index: number): MemberDevice => ({
  index,
  side,
  key: flatHex(key) as KeyText,
  revoked,
  begin,
  cursor,
  n,
  welcome,
  toldLatecomer,
  enrolledAt,
  skips,
});
