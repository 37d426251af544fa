/**
 * The doors: how a line begins, who knocks, who of the other side is let in (LINE1, DOOR rules). Pure. Signatures are checked by the
 * caller, before any state is looked at, so that an unknown line costs the same work (LINE2).
 */
import { equalBytes } from "../../base/bytes.ts";
import type { Millis } from "../../base/brand.ts";
import { genesisHead } from "../../protocol/chain.ts";
import { frameTypes, type FrameOf } from "../../protocol/frames.ts";
import { hashKey } from "./decide-end.ts";
import { applyChange, leaveDoor, mayEnrol, precheckChange } from "./decide-records.ts";
import type { Limits } from "./limits.ts";
import { answer, refuse, settled, type Outcome, type RelayCrypto } from "./outcome.ts";
import {
  flatHex,
  keyTextOf,
  lineIdOf,
  never,
  noOffers,
  type Door,
  type LineState,
  type MemberDevice,
  type OpenLine,
  type Side,
  type WaitingKnock,
} from "./state.ts";

/** Who may make a line. `token` is the SHA-256 of the token. */
export type CreatePolicy = { readonly kind: "open" } | { readonly kind: "token"; readonly hash: Uint8Array } | { readonly kind: "closed" };

export const mayCreate = (policy: CreatePolicy, tokenHash: Uint8Array): boolean =>
  policy.kind === "open" || (policy.kind === "token" && equalBytes(policy.hash, tokenHash));

/** A create that is there already by the same key: answered as the first time. */
export const isSameCreate = (state: LineState | undefined, frame: FrameOf<"create">): state is OpenLine =>
  state?.phase === "open" &&
  state.members[0]?.key === keyTextOf(frame.key) &&
  state.ticketHash === flatHex(frame.ticketHash) &&
  state.verifiers[0] === keyTextOf(frame.recovery);

/** `known`: the verifier is there already, for this line or another. */
export const decideCreate = (
  state: LineState | undefined,
  frame: FrameOf<"create">,
  may: { readonly allowed: boolean; readonly known: boolean },
  now: Millis,
  limits: Limits,
  crypto: RelayCrypto,
): Outcome => {
  if (isSameCreate(state, frame)) return answer({ type: "created", expires: state.ticketExpires });
  if (!may.allowed) return refuse("closed");
  if (state) return refuse("taken");
  if (may.known) return refuse("forbidden");
  const head = genesisHead(frame.line);
  const expires = now + limits.invitation;
  const recovery = keyTextOf(frame.recovery);
  const made: OpenLine = {
    phase: "open",
    line: lineIdOf(frame.line),
    generation: 0,
    epoch: 0,
    seq: 0,
    head,
    baseSeq: 0,
    baseHead: head,
    members: [
      {
        index: 0,
        side: 0,
        key: keyTextOf(frame.key),
        revoked: false,
        begin: 0,
        cursor: 0,
        n: 0,
        welcome: false,
        toldLatecomer: 0,
        enrolledAt: 0,
        skips: false,
      },
    ],
    used: [0, 0],
    ticketHash: flatHex(frame.ticketHash),
    ticketExpires: expires,
    ticketUsed: false,
    knocks: [],
    nextKnock: 1,
    latecomer: 0,
    verifiers: [recovery, undefined],
    offers: noOffers,
    refounds: never,
    reclaims: never,
    incarnation: 0,
  };
  return settled(made, { type: "created", expires }, [{ kind: "verifier", line: made.line, side: 0, hash: hashKey(recovery, crypto) }]);
};

/** `present` are the devices with an open session: they hear of a latecomer at once, and not again. */
export const decideKnock = (
  state: LineState | undefined,
  frame: FrameOf<"knock">,
  present: readonly number[],
  now: Millis,
  limits: Limits,
  crypto: RelayCrypto,
): Outcome => {
  if (state?.phase !== "open") return refuse("unknown");
  const key = keyTextOf(frame.key);
  const member = state.members.find((known) => known.key === key);
  // Whatever ticket it shows, that of its own side's door may be gone: its key is proved, and `open` would say the same.
  if (member) return member.revoked ? refuse("revoked") : answer({ type: "knocked", state: "accepted" });
  const door = doorOf(state, flatHex(crypto.sha256(frame.ticket)));
  if (door === undefined) return refuse("unknown");
  if (door === "pairing") {
    if (state.ticketUsed) return now < state.latecomer + limits.latecomer ? refuse("taken") : latecomer(state, present, now);
    if (now >= state.ticketExpires) return refuse("expired");
  } else {
    if (state.offers[door]?.used) return refuse("taken");
    if (now >= (state.offers[door]?.expires ?? 0)) return refuse("expired");
  }

  const there = state.knocks.filter((knock) => knock.door === door);
  const before = there.find((knock) => knock.key === key);
  if (!before && there.length >= limits.knocks) return refuse("crowded");
  const id = before?.id ?? state.nextKnock;
  const knocks = before ? state.knocks : [...state.knocks, { id, key, at: now, door }];
  return {
    kind: "accept",
    state: { ...state, knocks, nextKnock: before ? state.nextKnock : id + 1 },
    record: undefined,
    writes: [{ kind: "knock", line: state.line, id, body: frame.body }],
    saveLine: true,
    effects: [
      { kind: "wait-at-door", door, key },
      { kind: "reply", frame: { type: "knocked", state: "waiting" } },
      { kind: "tell-knocks", side: door === "pairing" ? 0 : door },
    ],
  };
};

/** Who waits where a side may let in: its own door, and for the inviter's side the pairing. */
export const waitingFor = (state: OpenLine, side: Side, now: Millis): readonly WaitingKnock[] =>
  state.knocks.filter(({ door }) => (door === "pairing" ? side === 0 : door === side && now < (state.offers[side]?.expires ?? 0)));

/** Which door a ticket opens, by its hash. */
const doorOf = (state: OpenLine, hash: string): Door | undefined => {
  if (hash === state.ticketHash) return "pairing";
  return ([0, 1] as const).find((side) => state.offers[side]?.hash === hash);
};

/** The two of the line hear of it; the one at the door gets `taken` (DOOR5). */
const latecomer = (state: OpenLine, present: readonly number[], now: Millis): Outcome => {
  const at = Math.max(now, state.latecomer + 1);
  return {
    kind: "accept",
    state: { ...state, latecomer: at, members: state.members.map((member) => (present.includes(member.index) ? { ...member, toldLatecomer: at } : member)) },
    record: undefined,
    writes: [],
    saveLine: true,
    effects: [
      { kind: "reply", frame: { type: "refused", re: frameTypes.knock, n: 0, code: "taken", after: 0 } },
      { kind: "tell-latecomer", at },
    ],
  };
};

export const decideAccept = (state: OpenLine, author: MemberDevice, frame: FrameOf<"accept">, now: Millis, limits: Limits, crypto: RelayCrypto): Outcome => {
  const refused = precheckChange(state, author, frame, limits);
  if (refused) return refused;
  if (author.side !== 0 || flatHex(crypto.sha256(frame.ticket)) !== state.ticketHash) return refuse("forbidden");
  if (state.ticketUsed) return refuse("taken");
  if (now >= state.ticketExpires) return refuse("expired");
  const knock = state.knocks.find(({ id, door }) => id === frame.knock && door === "pairing");
  if (!knock) return refuse("unknown");
  const [enrolled, ...more] = frame.enrol.map(keyTextOf);
  if (enrolled !== knock.key || more.length > 0 || frame.revoke.length > 0 || frame.welcome === null || !mayEnrol(state, [enrolled]))
    return refuse("forbidden");
  const changed = applyChange(state, author, frame, { side: 1, keys: [enrolled], at: 0 }, now, crypto, [{ kind: "admit", door: "pairing", keys: [enrolled] }]);
  const left = leaveDoor(changed.state, "pairing");
  return { ...changed, state: { ...left.state, ticketUsed: true }, writes: [...changed.writes, ...left.writes] };
};
