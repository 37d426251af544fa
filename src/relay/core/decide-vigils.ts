/**
 * What may be done to a vigil, and what firing one comes to (VIG rules). Pure. `now` is the clock that vigils fire by.
 *
 * Every act names the turn and the due that it is about, and is done only if the vigil is at them and a rung waits
 * (compare-and-set): of a renewal, a lift and a firing of the last rung one comes first, and the others find that out.
 * An act that is done already is done: what its device did not hear is said again.
 */
import type { Millis, Sealed } from "../../base/brand.ts";
import { firedBy } from "../../protocol/chain.ts";
import { rungKinds, type DeviceFrameName, type FrameOf } from "../../protocol/frames.ts";
import { sideOfVigil } from "../../protocol/vigil-id.ts";
import type { Firing, Receipt } from "../../protocol/receipt.ts";
import { rungsCap } from "../../protocol/sizes.ts";
import { makeRecord } from "./decide-records.ts";
import type { Limits } from "./limits.ts";
import type { Write } from "./log-port.ts";
import { refuse, type Accept, type Outcome, type RelayCrypto } from "./outcome.ts";
import { countRecord, flatHex, idBytes, type KeptRecord, type MemberDevice, type OpenLine } from "./state.ts";
import { askedHash, bytesHeld, endOf, isArmed, vigilIdOf, type Outage, type Rung, type Vigil, type VigilId, type VigilUse } from "./vigil.ts";

type Turn = Pick<FrameOf<"arm">, "due" | "opens" | "keeper" | "rungs">;

export const decideArm = (
  state: OpenLine,
  { side }: MemberDevice,
  frame: FrameOf<"arm">,
  before: Vigil | undefined,
  used: VigilUse,
  now: Millis,
  limits: Limits,
  crypto: RelayCrypto,
): Outcome => {
  if (!isInOrder(frame) || sideOfVigil(frame.vigil) !== side) return refuse("malformed");
  const id = vigilIdOf(frame.vigil);
  const rungs = rungsOf(frame, crypto);
  const asked = askedHash(frame, rungs, crypto);
  // What fired whole is over. It may be watched over anew, for what was promised since; an older arm that comes late is of a due that is past.
  if (before && (before.state !== "fired" || before.asked === asked)) return tell("arm", frame.ask, before.asked === asked, id);
  const refused = mayWait(state, side, frame, rungs, { ...used, known: used.known + (before ? 0 : 1), more: 1, less: 0 }, now, limits);
  if (refused) return refused;
  return changed("arm", frame.ask, state, before, begin({ id, side, turn: (before?.turn ?? 0) + 1 }, frame, rungs, asked, now), bodiesOf(frame));
};

export const decideRenew = (
  state: OpenLine,
  { side }: MemberDevice,
  frame: FrameOf<"renew">,
  before: Vigil | undefined,
  used: VigilUse,
  now: Millis,
  limits: Limits,
  crypto: RelayCrypto,
): Outcome => {
  const turn: Turn = { due: frame.next, opens: frame.opens, keeper: frame.keeper, rungs: frame.rungs };
  if (!isInOrder(turn)) return refuse("malformed");
  if (!before || before.side !== side) return refuse("unknown");
  const rungs = rungsOf(turn, crypto);
  const asked = askedHash(turn, rungs, crypto);
  if (before.turn === frame.turn + 1 && before.asked === asked) return tell("renew", frame.ask, true, before.id);
  if (!isAt(before, frame) || (!isArmed(before) && before.state !== "lost")) return tell("renew", frame.ask, false, before.id);
  const refused = mayWait(state, side, turn, rungs, { ...used, more: isArmed(before) ? 0 : 1, less: bytesHeld(before) }, now, limits);
  if (refused) return refused;
  const next = begin({ id: before.id, side, turn: before.turn + 1 }, turn, rungs, asked, now);
  return changed("renew", frame.ask, state, before, next, bodiesOf(turn));
};

/** Another envelope under the same due: that is how a last place stays fresh at no cost to the log. */
export const decideRefresh = (
  state: OpenLine,
  { side }: MemberDevice,
  frame: FrameOf<"refresh">,
  before: Vigil | undefined,
  used: VigilUse,
  now: Millis,
  limits: Limits,
  crypto: RelayCrypto,
): Outcome => {
  if (!before || before.side !== side) return refuse("unknown");
  const rung = before.rungs[frame.rung];
  const hash = crypto.sha256(frame.body);
  // The same again, also where it fired since.
  if (isAt(before, frame) && rung?.kind === "envelope" && flatHex(hash) === flatHex(rung.hash)) return tell("refresh", frame.ask, true, before.id);
  if (!isAt(before, frame) || !isArmed(before) || frame.rung < before.fired) return tell("refresh", frame.ask, false, before.id);
  if (rung?.kind !== "envelope") return refuse("malformed");
  const after = before.refreshed === 0 ? 0 : before.refreshed + limits.refreshEvery;
  if (now < after) return refuse("busy", after);
  if (isOver(state, side, used.bytes - rung.size + frame.body.length, limits)) return refuse("full");
  const rungs = before.rungs.map((one, i) => (i === frame.rung ? { ...one, hash, size: frame.body.length } : one));
  const is: Vigil = { ...before, aside: false, rungs, refreshed: now };
  return {
    ...changed("refresh", frame.ask, state, before, is, [{ rung: frame.rung, body: frame.body.slice() }]),
    effects: [{ kind: "receipt", re: "refresh", ask: frame.ask, done: true, id: before.id }],
  };
};

export const decideLift = (
  state: OpenLine,
  { side }: MemberDevice,
  frame: FrameOf<"lift">,
  before: Vigil | undefined,
  now: Millis,
  limits: Limits,
): Outcome => {
  if (!before || before.side !== side) return refuse("unknown");
  if (!isAt(before, frame) || (!isArmed(before) && before.state !== "lost")) {
    return tell("lift", frame.ask, isAt(before, frame) && before.state === "lifted", before.id);
  }
  return changed("lift", frame.ask, state, before, settle(before, "lifted", now, limits));
};

/**
 * The relay is shown what it once signed. If that says more than it knows, its memory is an older one: it believes the
 * receipt, fires nothing of what was overtaken, and counts from now on as another (VIG10).
 */
export const decideShow = (state: OpenLine, ask: number, shown: Receipt, before: Vigil | undefined, used: VigilUse, now: Millis, limits: Limits): Outcome => {
  const id = vigilIdOf(shown.vigil);
  if (!before && now >= shown.due + limits.vigilMemory) return refuse("unknown");
  if (before && !isNewer(shown, before)) return tell("show", ask, false, id);
  if (!before && used.known >= limits.vigilsKnown) return refuse("full");
  const overtakes = !before || shown.turn > before.turn || shown.due !== before.due;
  const settled = shown.state === "lifted" || shown.state === "kept" || shown.state === "fired";
  const base: Vigil = overtakes
    ? {
        id,
        side: shown.side,
        turn: shown.turn,
        due: shown.due,
        opens: null,
        keeper: before?.keeper ?? null,
        state: "lost",
        aside: false,
        rungs: [],
        fired: 0,
        moved: shown.moved,
        asked: "00".repeat(32),
        refreshed: 0,
        changed: now,
        ends: shown.due + limits.vigilMemory,
      }
    : before;
  const most = isArmed(base) ? base.rungs.length : rungsCap;
  const fired = Math.min(Math.max(shown.fired, base.fired), most);
  const ended = (how: "lifted" | "kept" | "fired" | "lost"): Vigil => ({ ...settle(base, how, now, limits), fired });
  const is = ((): Vigil => {
    if (settled) return ended(shown.state as "lifted" | "kept" | "fired");
    if (overtakes) return ended("lost");
    // What was lifted or kept here stays that, whatever fired of it in another memory.
    if (!isArmed(base)) return { ...base, fired };
    if (shown.state === "lost") return ended("lost");
    return fired === most ? ended("fired") : { ...base, fired };
  })();
  const next = { ...state, incarnation: Math.max(now, state.incarnation + 1) };
  return { ...changed("show", ask, next, before, is), saveLine: true };
};

/** What the secret of a window comes to (VIG7). */
export type Keeping =
  | { readonly kind: "keep"; readonly is: Vigil }
  /** It was kept, or lifted, before. */
  | { readonly kind: "kept" }
  | { readonly kind: "early" }
  | { readonly kind: "late" }
  /** It was taken back before it opened, for a day off or for one that took its place: it is as if it had never been. */
  | { readonly kind: "none" }
  /** It is one that this relay has no rungs of, nor knows when it opens: whether this would have kept it cannot be said. */
  | { readonly kind: "unavailable" };

export const decideKeep = (vigil: Vigil, now: Millis, limits: Limits): Keeping => {
  if (vigil.state === "lifted" && vigil.changed < (vigil.opens ?? 0)) return { kind: "none" };
  if (vigil.opens !== null && now < vigil.opens) return { kind: "early" };
  if (isArmed(vigil)) return { kind: "keep", is: settle(vigil, "kept", now, limits) };
  if (now >= vigil.due + vigil.moved) return { kind: "late" };
  if (vigil.state === "lost") return { kind: "unavailable" };
  return { kind: vigil.state === "kept" || vigil.state === "lifted" ? "kept" : "late" };
};

export interface Fired {
  readonly state: OpenLine;
  readonly record: KeptRecord;
  readonly vigil: Vigil;
  readonly writes: readonly Write[];
}

/** What the relay says of the next rung of a vigil, whose time has come. */
export const firingOf = (state: OpenLine, before: Vigil, body: Sealed, outages: readonly Outage[], now: Millis): Firing => {
  const rung = before.rungs[before.fired] as Rung;
  const due = rung.due + before.moved;
  const outage = outages.find(({ from, settles }) => due >= from && due <= settles);
  return {
    line: idBytes(state.line),
    vigil: idBytes(before.id),
    turn: before.turn,
    rung: before.fired,
    kind: rung.kind,
    due: rung.due,
    moved: before.moved,
    now,
    down: outage && { from: outage.from, until: outage.until },
    incarnation: state.incarnation,
    body,
  };
};

/** The rung has fired, and left this. `at` is the time of the record, as of every other. */
export const decideFire = (state: OpenLine, before: Vigil, left: Sealed, now: Millis, at: Millis, limits: Limits, crypto: RelayCrypto): Fired => {
  const author = { index: firedBy(before.side) };
  const record = makeRecord(state, author, "fired", { n: state.seq + 1, epoch: state.epoch }, left, at, crypto);
  const fired = before.fired + 1;
  const vigil = fired < before.rungs.length ? { ...before, fired } : { ...settle(before, "fired", now, limits), fired };
  return {
    state: countRecord(state, { ...record, size: record.body.length }),
    record,
    vigil,
    writes: [
      { kind: "record", line: state.line, record },
      { kind: "vigil", line: state.line, was: before, is: vigil, bodies: [] },
    ],
  };
};

const isAt = (vigil: Vigil, { turn, due }: { readonly turn: number; readonly due: Millis }): boolean => vigil.turn === turn && vigil.due === due;

/** Nothing of it waits any more. */
const settle = (vigil: Vigil, state: Exclude<Vigil["state"], "armed">, now: Millis, limits: Limits): Vigil => ({
  ...vigil,
  state,
  aside: false,
  changed: now,
  ends: endOf(vigil.due, vigil.rungs, now, limits),
});

const begin = (who: Pick<Vigil, "id" | "side" | "turn">, { due, opens, keeper }: Turn, rungs: readonly Rung[], asked: string, now: Millis): Vigil => ({
  ...who,
  due,
  opens,
  keeper: keeper === null ? null : flatHex(keeper),
  state: "armed",
  aside: false,
  rungs,
  fired: 0,
  moved: 0,
  asked,
  refreshed: 0,
  changed: now,
  ends: null,
});

const bodiesOf = ({ rungs }: Turn): Extract<Write, { kind: "vigil" }>["bodies"] => rungs.map(({ body }, rung) => ({ rung, body: body.slice() }));

const rungsOf = ({ rungs }: Turn, crypto: RelayCrypto): readonly Rung[] =>
  rungs.map(({ kind, due, body }) => ({ kind, due, hash: crypto.sha256(body), size: body.length }));

/** Reminders until the due, all else from it on; each kind after the one before, the envelope before the farewell (VIG2). */
const isInOrder = ({ due, opens, keeper, rungs }: Turn): boolean => {
  if ((opens === null && keeper !== null) || (opens !== null && opens >= due)) return false;
  return rungs.every((rung, i) => {
    if (rung.kind === "remind" ? rung.due > due : rung.due < due) return false;
    const before = rungs[i - 1];
    if (!before) return true;
    const [kind, kindBefore] = [rungKinds.indexOf(rung.kind), rungKinds.indexOf(before.kind)];
    if (rung.due < before.due || kind < kindBefore || (kind === kindBefore && rung.kind !== "remind")) return false;
    return rung.kind !== "farewell" || before.kind !== "envelope" || rung.due > before.due;
  });
};

/** What a vigil that begins to wait is asked, over what the side has already. */
const mayWait = (
  state: OpenLine,
  side: MemberDevice["side"],
  { due }: Turn,
  rungs: readonly Rung[],
  used: VigilUse & { readonly more: number; readonly less: number },
  now: Millis,
  limits: Limits,
): Outcome | undefined => {
  // Too late to be waited for. A due may be past while what follows from it is ahead: who comes back within the grace is watched over still.
  if ((rungs[0]?.due ?? due) <= now) return refuse("expired");
  if (rungs.some((rung) => rung.due > now + limits.vigilAhead)) return refuse("forbidden", now);
  if (used.armed + used.more > limits.vigils || used.known > limits.vigilsKnown) return refuse("full");
  const bytes = used.bytes - used.less + rungs.reduce((sum, { size }) => sum + size, 0);
  return isOver(state, side, bytes, limits) ? refuse("full") : undefined;
};

/** Bodies that wait have room of their own, and what they leave in a full log fits beside what changes need (VIG13). */
const isOver = (state: OpenLine, side: MemberDevice["side"], bytes: number, limits: Limits): boolean =>
  bytes > limits.vigilRoom || state.used[side] + bytes > limits.room + limits.vigilRoom;

const isNewer = (shown: Receipt, known: Vigil): boolean => {
  if (shown.side !== known.side) return false;
  if (shown.turn !== known.turn) return shown.turn > known.turn;
  // Armed anew after it was forgotten, it has the same turn again, and a later due.
  if (shown.due !== known.due) return shown.due > known.due;
  if (!isArmed(known)) return shown.fired > known.fired;
  if (shown.state === "lifted" || shown.state === "kept" || shown.state === "lost") return true;
  // With other rungs it was armed anew as well: what fired of the earlier ones says nothing of these.
  return shown.rungs === known.rungs.length && (shown.state === "fired" || shown.fired > known.fired);
};

const tell = (re: DeviceFrameName, ask: number, done: boolean, id: VigilId): Outcome => ({ kind: "tell", effect: { kind: "receipt", re, ask, done, id } });

const changed = (
  re: DeviceFrameName,
  ask: number,
  state: OpenLine,
  was: Vigil | undefined,
  is: Vigil,
  bodies: Extract<Write, { kind: "vigil" }>["bodies"] = [],
): Accept => ({
  kind: "accept",
  state,
  record: undefined,
  writes: [{ kind: "vigil", line: state.line, was, is, bodies }],
  saveLine: false,
  vigils: [{ was, is }],
  effects: [{ kind: "receipt", re, ask, done: true, id: is.id, tell: true }],
});
