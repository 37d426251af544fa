/**
 * The door: how a line begins, who knocks, who is let in (LINE1, DOOR rules). Pure. Signatures are checked by the
 * caller, before any state is looked at, so that an unknown line costs the same work (LINE2).
 */
import { equalBytes } from "../../base/bytes.ts";
import type { Millis } from "../../base/brand.ts";
import { genesisHead } from "../../protocol/chain.ts";
import { frameTypes, type FrameOf } from "../../protocol/frames.ts";
import { applyChange, mayEnrol, precheckChange } from "./decide-records.ts";
import type { Limits } from "./limits.ts";
import { answer, refuse, type Outcome, type RelayCrypto } from "./outcome.ts";
import { flatHex, keyTextOf, lineIdOf, type LineState, type MemberDevice, type OpenLine } from "./state.ts";

/** Who may make a line. `token` is the SHA-256 of the token. */
export type CreatePolicy = { readonly kind: "open" } | { readonly kind: "token"; readonly hash: Uint8Array } | { readonly kind: "closed" };

export const mayCreate = (policy: CreatePolicy, tokenHash: Uint8Array): boolean =>
  policy.kind === "open" || (policy.kind === "token" && equalBytes(policy.hash, tokenHash));

/** A create that is there already by the same key: answered as the first time. */
export const isSameCreate = (state: LineState | undefined, frame: FrameOf<"create">): state is OpenLine =>
  state?.phase === "open" &&
  state.members[0]?.key === keyTextOf(frame.key) &&
  state.ticketHash === flatHex(frame.ticketHash) &&
  state.recovery === keyTextOf(frame.recovery);

export const decideCreate = (state: LineState | undefined, frame: FrameOf<"create">, allowed: boolean, now: Millis, limits: Limits): Outcome => {
  if (isSameCreate(state, frame)) return answer({ type: "created", expires: state.ticketExpires });
  if (!allowed) return refuse("closed");
  if (state) return refuse("taken");
  const head = genesisHead(frame.line);
  const expires = now + limits.invitation;
  const made: OpenLine = {
    phase: "open",
    line: lineIdOf(frame.line),
    generation: 0,
    epoch: 0,
    seq: 0,
    head,
    baseSeq: 0,
    baseHead: head,
    members: [{ index: 0, side: 0, key: keyTextOf(frame.key), revoked: false, begin: 0, cursor: 0, n: 0, welcome: false, toldLatecomer: 0 }],
    used: [0, 0],
    ticketHash: flatHex(frame.ticketHash),
    ticketExpires: expires,
    ticketUsed: false,
    knocks: [],
    nextKnock: 1,
    latecomer: 0,
    recovery: keyTextOf(frame.recovery),
  };
  return { kind: "accept", state: made, record: undefined, writes: [], saveLine: true, effects: [{ kind: "reply", frame: { type: "created", expires } }] };
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
  if (state?.phase !== "open" || flatHex(crypto.sha256(frame.ticket)) !== state.ticketHash) return refuse("unknown");
  const key = keyTextOf(frame.key);
  const member = state.members.find((known) => known.key === key);
  if (member) return member.revoked ? refuse("revoked") : answer({ type: "knocked", state: "accepted" });
  if (state.ticketUsed) return now < state.latecomer + limits.latecomer ? refuse("taken") : latecomer(state, present, now);
  if (now >= state.ticketExpires) return refuse("expired");

  const before = state.knocks.find((knock) => knock.key === key);
  if (!before && state.knocks.length >= limits.knocks) return refuse("crowded");
  const id = before?.id ?? state.nextKnock;
  const knocks = before ? state.knocks : [...state.knocks, { id, key, at: now }];
  return {
    kind: "accept",
    state: { ...state, knocks, nextKnock: before ? state.nextKnock : id + 1 },
    record: undefined,
    writes: [{ kind: "knock", line: state.line, id, body: frame.body }],
    saveLine: true,
    effects: [{ kind: "reply", frame: { type: "knocked", state: "waiting" } }, { kind: "tell-knocks" }],
  };
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
  const knock = state.knocks.find(({ id }) => id === frame.knock);
  if (!knock) return refuse("unknown");
  const [enrolled, ...more] = frame.enrol.map(keyTextOf);
  if (enrolled !== knock.key || more.length > 0 || frame.revoke.length > 0 || frame.welcome === null || !mayEnrol(state, [enrolled]))
    return refuse("forbidden");
  const changed = applyChange(state, author, frame, { side: 1, keys: [enrolled] }, now, crypto, [{ kind: "admit", key: enrolled }]);
  return {
    ...changed,
    state: { ...changed.state, ticketUsed: true, knocks: [] },
    writes: [...changed.writes, { kind: "unknock", line: state.line }],
  };
};
