/**
 * The saved form of a line's state: canonical CBOR, its own version first. What a relay saved must be readable for as
 * long as the line lives; a new field is a new version here, and the old ones stay readable.
 */
import { fromHex } from "../../base/bytes.ts";
import { invariant } from "../../base/exhaustive.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../../protocol/cbor.ts";
import type { SavedLine } from "./log-port.ts";
import { countRecord, flatHex, type KeyText, type LineId, type LineState, type MemberDevice, type Side } from "./state.ts";

const openV1 = 1;
const endedV1 = 2;

const hexBytes = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  invariant(bytes, "hexadecimal in a line's state");
  return bytes;
};

export const encodeLine = (state: LineState): Uint8Array => {
  if (state.phase === "ended") return encodeCbor([endedV1, state.certificate, state.keyHashes.map(hexBytes), state.at]);
  return encodeCbor([
    openV1,
    state.generation,
    state.epoch,
    state.seq,
    state.head,
    state.baseSeq,
    state.baseHead,
    state.members.map((m) => [m.side, hexBytes(m.key), m.revoked, m.begin, m.cursor, m.n, m.welcome, m.toldLatecomer]),
    [...state.used],
    hexBytes(state.ticketHash),
    state.ticketExpires,
    state.ticketUsed,
    state.knocks.map((knock) => [knock.id, hexBytes(knock.key), knock.at]),
    state.nextKnock,
    state.latecomer,
    hexBytes(state.recovery),
  ]);
};

/** The state as saved, with what was accepted since. `undefined` for bytes that this relay did not write. */
export const decodeLine = (line: LineId, { saved, tail }: SavedLine): LineState | undefined => {
  const decoded = decodeCbor(saved);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const [version, ...fields] = decoded.value as readonly Cbor[];
  if (version === endedV1) {
    const [certificate, hashes, at] = fields as [Uint8Array, Uint8Array[], number];
    return { phase: "ended", line, certificate, keyHashes: hashes.map(flatHex), at };
  }
  if (version !== openV1) return undefined;
  const [generation, epoch, seq, head, baseSeq, baseHead, members, used, ticketHash, ticketExpires, ticketUsed, knocks, nextKnock, latecomer, recovery] =
    fields as [
      number,
      number,
      number,
      Uint8Array,
      number,
      Uint8Array,
      SavedMember[],
      [number, number],
      Uint8Array,
      number,
      boolean,
      SavedKnock[],
      number,
      number,
      Uint8Array,
    ];
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
    knocks: knocks.map(([id, key, at]) => ({ id, key: flatHex(key) as KeyText, at })),
    nextKnock,
    latecomer,
    recovery: flatHex(recovery) as KeyText,
  };
  return tail.reduce(countRecord, state);
};

type SavedMember = [Side, Uint8Array, boolean, number, number, number, boolean, number];
type SavedKnock = [number, Uint8Array, number];

const memberOf = ([side, key, revoked, begin, cursor, n, welcome, toldLatecomer]: SavedMember, index: number): MemberDevice => ({
  index,
  side,
  key: flatHex(key) as KeyText,
  revoked,
  begin,
  cursor,
  n,
  welcome,
  toldLatecomer,
});
