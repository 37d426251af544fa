/** What a side does with its own devices: its door, key packages, vouching, the words that get it back (DOOR6 to DOOR8, PKG1, AGE1, REC1). Pure. */
import type { Millis } from "../../base/brand.ts";
import type { FrameOf } from "../../protocol/frames.ts";
import { hashKey } from "./decide-end.ts";
import { leaveDoor, settlesAt } from "./decide-records.ts";
import type { Limits } from "./limits.ts";
import { answer, done, refuse, settled, written, type Outcome, type RelayCrypto } from "./outcome.ts";
import { flatHex, keyTextOf, replaceMember, withSide, type MemberDevice, type OpenLine } from "./state.ts";

/** The same door again only stays open longer; another one, or none, sends those away who wait. */
export const decideOffer = (state: OpenLine, { side }: MemberDevice, frame: FrameOf<"offer">, now: Millis, limits: Limits): Outcome => {
  const before = state.offers[side];
  if (frame.hash === null) {
    if (!before) return answer(done("offer"));
    const left = leaveDoor(state, side);
    return settled({ ...left.state, offers: withSide(state.offers, side, undefined) }, done("offer"), left.writes, [{ kind: "close-door", door: side }]);
  }
  const offer = { hash: flatHex(frame.hash), expires: now + limits.offer, used: false };
  const same = before?.hash === offer.hash;
  // A ticket is good for one device.
  if (same && before.used) return refuse("taken");
  const left = same ? { state, writes: [] } : leaveDoor(state, side);
  const next = { ...left.state, offers: withSide(state.offers, side, offer) };
  return settled(next, done("offer", offer.expires), left.writes, same || !before ? [] : [{ kind: "close-door", door: side }]);
};

/** Passed on and not kept; the asker does not hear whether anybody was there. */
export const decideAnswer = (state: OpenLine, { side }: MemberDevice, frame: FrameOf<"answer">): Outcome => {
  const knock = state.knocks.find(({ id, door }) => id === frame.knock && door === side);
  if (!knock) return refuse("unknown");
  return written(state, done("answer"), [], [{ kind: "answer-knocker", door: side, key: knock.key, body: frame.body }]);
};

export const decidePackage = (state: OpenLine, { index }: MemberDevice, frame: FrameOf<"package">): Outcome =>
  written(state, done("package"), [{ kind: "package", line: state.line, device: index, body: frame.body }]);

export const decideVouch = (state: OpenLine, author: MemberDevice, frame: FrameOf<"vouch">, now: Millis, limits: Limits): Outcome => {
  const settles = settlesAt(author, limits);
  if (now < settles) return refuse("forbidden", settles);
  const member = state.members[frame.device];
  if (!member || member.side !== author.side || member.revoked) return refuse("forbidden");
  if (member.enrolledAt === 0) return answer(done("vouch"));
  return settled({ ...state, members: replaceMember(state.members, member.index, { enrolledAt: 0 }) }, done("vouch"));
};

/** `proven`: by the verifier that is there. `known`: the new one is there already, for another side or line. */
export const decideVerifier = (
  state: OpenLine,
  { side }: MemberDevice,
  frame: FrameOf<"verifier">,
  is: { readonly proven: boolean; readonly known: boolean },
  crypto: RelayCrypto,
): Outcome => {
  const key = keyTextOf(frame.key);
  const before = state.verifiers[side];
  if (before === key) return answer(done("verifier"));
  if ((before !== undefined && !is.proven) || is.known) return refuse("forbidden");
  return settled({ ...state, verifiers: withSide(state.verifiers, side, key) }, done("verifier"), [
    { kind: "verifier", line: state.line, side, hash: hashKey(key, crypto) },
  ]);
};
