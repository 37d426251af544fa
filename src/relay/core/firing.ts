/**
 * What is due fires (VIG4 to VIG6, VIG12): found by index, what is due first, some at a time, in a transaction of its own
 * between two commits. No vigil has a timer.
 *
 * Invariants
 * - A rung fires in one transaction: the vigil is still as it was read, its entry is in the log, the rung is marked.
 *   Nothing waits for a commit meanwhile, so what was decided of a vigil before is in the log, and is seen.
 * - Never before its due by the clock that receipts quote, and not at all while that clock settles after a gap.
 * - The relay's own vigil, the canary, goes the same way. Who sees its time knows that all of this runs.
 * - One that throws is tried alone, then set aside alone and reported: the others go on.
 */
import { invariant } from "../../base/exhaustive.ts";
import { asSealed, type Millis, type Sealed } from "../../base/brand.ts";
import { equalBytes } from "../../base/bytes.ts";
import { writeFiring, writeFirings, type Firing as Says } from "../../protocol/receipt.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Batches } from "./batch.ts";
import { decideFire, firingOf } from "./decide-vigils.ts";
import type { Delivery } from "./delivery.ts";
import type { Limits } from "./limits.ts";
import type { Due, Log, Write } from "./log-port.ts";
import type { RelayCrypto } from "./outcome.ts";
import type { Room, Rooms } from "./room.ts";
import type { KeptRecord, OpenLine } from "./state.ts";
import type { RelayStats } from "./stats.ts";
import { uncounted, type Outage, type Vigil } from "./vigil.ts";
import { createVigilClock, type TimeNotice } from "./vigil-time.ts";

/** For whoever runs the relay: nothing of a line. */
export type RelayReport = TimeNotice | { readonly kind: "set-aside"; readonly why: unknown };

export interface VigilHealth {
  /** The relay's own vigil fired in time. */
  readonly ok: boolean;
  /** Seconds since it did; null for never. */
  readonly canary: number | null;
  /** Vigils that could not be fired. */
  readonly aside: number;
  /** Nothing fires yet: the relay was away, and devices may know more. */
  readonly settling: boolean;
  /** Milliseconds by which the machine's clock was set since vigils count their own. */
  readonly clockOff: Millis;
}

export interface Firing {
  /** Looks at the time. What is due then fires in `step`. */
  scan(): void;
  pending(): boolean;
  /** Nothing fires any more: the relay is about to go, and what is due waits for the next. */
  stop(): void;
  /** Right after a commit: some of what is due. */
  step(): void;
  health(): VigilHealth;
}

/** What the parts of the relay ask about time. */
export interface VigilTimes {
  now(): Millis;
  canary(): Millis;
}

interface Time extends VigilTimes {
  offset(): Millis;
  look(): readonly TimeNotice[];
  readonly outages: Outage[];
  canaryAt: Millis | undefined;
  canaryNext: Millis;
  readonly started: Millis;
}

export const createTime = (log: Log, clock: Clock, { gap }: Limits): Time => {
  const moments = log.moments();
  invariant(moments.ok, "what was written down last can be read at the start");
  const vigilClock = createVigilClock(clock, moments.value.seen, gap);
  const time: Time = {
    ...vigilClock,
    canary: () => time.canaryAt ?? 0,
    outages: [...moments.value.outages],
    canaryAt: moments.value.canary?.at,
    canaryNext: moments.value.canary?.next ?? 0,
    started: vigilClock.now(),
  };
  return time;
};

interface Parts {
  readonly log: Log;
  readonly clock: Clock;
  readonly crypto: RelayCrypto;
  readonly rooms: Rooms;
  readonly delivery: Delivery;
  readonly batches: Batches;
  readonly limits: Limits;
  readonly stats: RelayStats;
  readonly time: Time;
  readonly report: (report: RelayReport) => void;
}

/** A rung that is about to fire. */
interface NextRung {
  readonly room: Room;
  readonly vigil: Vigil;
  readonly says: Says;
}

/** A line on which rungs are about to fire, one after the other. */
interface Moving {
  state: OpenLine;
  readonly records: KeptRecord[];
}

/** What one transaction is about. */
interface Plan {
  readonly rungs: NextRung[];
  readonly lines: Map<Room, Moving>;
  readonly writes: Write[];
  canary: { readonly at: Millis; readonly next: Millis } | undefined;
}

/** The disk cannot be read now: nothing is wrong with the one that is due. */
const unreadable = Symbol("unreadable");

export const createFiring = (parts: Parts): Firing => {
  const { log, clock, crypto, rooms, delivery, batches, limits, stats, time, report } = parts;
  let [wanted, stopped] = [false, false];
  /** Not written down yet: until then nothing fires. */
  const unwritten: { readonly outage: Outage; readonly from: Millis }[] = [];
  /** Vigils that were set aside have another try. */
  let tryAgain = log.asides() > 0;

  const settlesAt = (): Millis => Math.max(0, ...[...time.outages, ...unwritten.map(({ outage }) => outage)].map(({ settles }) => settles));

  const notice = (): void => {
    for (const one of time.look()) {
      report(one);
      if (one.kind !== "gap") continue;
      const before = unwritten.at(-1)?.outage ?? time.outages.at(-1);
      // One that came before the last had settled: nobody was given time between the two.
      const from = before && before.settles >= one.from ? Math.min(before.from, one.from) : one.from;
      unwritten.push({ outage: { from, until: one.until, settles: one.until + limits.settle }, from: one.from });
    }
  };

  /** True when everything that vigils depend on is written down. */
  const prepare = (): boolean => {
    while (unwritten.length > 0) {
      const [next] = unwritten;
      if (!next || !log.write([{ kind: "outage", ...next }]).ok) return false;
      unwritten.shift();
      time.outages.push(next.outage);
    }
    if (tryAgain) {
      if (!log.write([{ kind: "again" }]).ok) return false;
      tryAgain = false;
    }
    return true;
  };

  const newPlan = (): Plan => ({ rungs: [], lines: new Map(), writes: [], canary: undefined });

  const planCanary = (plan: Plan, now: Millis): void => {
    plan.canary = { at: now, next: now + limits.canaryEvery };
    plan.writes.push({ kind: "canary", ...plan.canary }, { kind: "unvigil", now, most: limits.forgetAtOnce });
  };

  /** Throws for one that is damaged, and `unreadable`. */
  const planOne = (plan: Plan, due: Due, now: Millis): void => {
    if (due.kind === "canary") return planCanary(plan, now);
    const entered = rooms.enter(due.line);
    if (!entered.ok) {
      if (!log.load(due.line).ok) throw unreadable;
      throw new Error("a line that cannot be read");
    }
    const room = entered.value;
    try {
      // Its decisions go first, in the commit that follows.
      if (room.pending) return;
      const read = due.read();
      if (!read.ok) throw unreadable;
      const { vigil, body } = read.value;
      const hash = vigil.rungs[vigil.fired]?.hash;
      invariant(hash && equalBytes(crypto.sha256(body), hash), "a rung whose body is what was armed");
      const state = openState(room);
      plan.rungs.push({ room, vigil, says: firingOf(state, vigil, asSealed(body), time.outages, now) });
      if (!plan.lines.has(room)) plan.lines.set(room, { state, records: [] });
    } finally {
      if (!plan.lines.has(room)) rooms.release(room);
    }
  };

  const openState = ({ state }: Room): OpenLine => {
    invariant(state?.phase === "open", "a vigil of an open line");
    return state;
  };

  /** What many leave shares a signature; of few each has its own, and none tells that there were others. */
  const sign = (says: readonly Says[]): readonly Sealed[] =>
    says.length < limits.signTogether ? says.map((one) => writeFiring(one, crypto.sign, crypto.sha256)) : writeFirings(says, crypto.sign, crypto.sha256);

  /** False when the disk took nothing. */
  const writeDown = (plan: Plan, now: Millis): boolean => {
    const left = sign(plan.rungs.map(({ says }) => says));
    for (const [i, { room, vigil }] of plan.rungs.entries()) {
      const moving = plan.lines.get(room) as Moving;
      const fired = decideFire(moving.state, vigil, left[i] as Sealed, now, clock.now(), limits, crypto);
      plan.writes.push(...fired.writes);
      moving.state = fired.state;
      moving.records.push(fired.record);
    }
    return plan.writes.length === 0 || log.write(plan.writes).ok;
  };

  const leave = (plan: Plan): void => {
    for (const room of plan.lines.keys()) rooms.release(room);
  };

  /** It is durable: what throws from here on is no vigil's fault. */
  const carryOut = (plan: Plan): void => {
    if (plan.canary) {
      time.canaryAt = plan.canary.at;
      time.canaryNext = plan.canary.next;
      rooms.recountVigils();
    }
    for (const [room, { state, records }] of plan.lines) {
      room.state = state;
      room.durable = state.seq;
      room.vigilUse = uncounted();
      room.unsaved += records.length;
      if (room.unsaved >= limits.tail) batches.save(room, []);
      stats.fired += records.length;
      stats.records += records.length;
      delivery.publish(room, records);
      rooms.release(room);
    }
  };

  const setAside = (due: Due, why: unknown): boolean => {
    // Not one vigil, but all of it: the machine is gone, or this relay is wrong. It ends, loudly.
    if (due.kind === "canary") throw why;
    if (!log.write([{ kind: "aside", place: due.place }]).ok) return false;
    stats.setAside++;
    report({ kind: "set-aside", why });
    return true;
  };

  /** Each in a transaction of its own: what throws then is what is wrong. False when the disk took nothing. */
  const oneByOne = (all: readonly Due[], now: Millis): boolean => {
    let carriedOut = 0;
    const unread: Due[] = [];
    for (const due of all) {
      const plan = newPlan();
      try {
        planOne(plan, due, now);
        if (!writeDown(plan, now)) {
          leave(plan);
          return false;
        }
      } catch (error) {
        leave(plan);
        if (error === unreadable) unread.push(due);
        else if (!setAside(due, error)) return false;
        continue;
      }
      carryOut(plan);
      if (plan.writes.length > 0) carriedOut++;
    }
    // Where nothing can be read it is the disk, and nothing is wrong with these; where others can, it is these.
    if (carriedOut === 0) return unread.length === 0;
    return unread.every((due) => setAside(due, new Error("something of it that the disk cannot read")));
  };

  const together = (all: readonly Due[], now: Millis): boolean => {
    const plan = newPlan();
    try {
      for (const due of all) planOne(plan, due, now);
      if (!writeDown(plan, now)) {
        leave(plan);
        return false;
      }
    } catch {
      leave(plan);
      return oneByOne(all, now);
    }
    carryOut(plan);
    return true;
  };

  /** Without a write: most looks find nothing. */
  const isDue = (now: Millis): boolean => {
    if (unwritten.length > 0 || tryAgain || time.canaryAt === undefined || now >= time.canaryNext) return true;
    if (now < settlesAt()) return false;
    const due = log.due(now, 1);
    return due.ok && due.value.length > 0;
  };

  return {
    scan() {
      notice();
      wanted ||= !stopped && isDue(time.now());
    },
    pending: () => wanted,
    stop() {
      [stopped, wanted] = [true, false];
    },
    step() {
      if (!wanted) return;
      wanted = false;
      // Wanted a moment ago: the process, or the machine, may have stood still since.
      notice();
      if (!prepare()) return;
      const now = time.now();
      if (time.canaryAt === undefined || now < settlesAt()) {
        if (now < time.canaryNext) return;
        const plan = newPlan();
        planCanary(plan, now);
        if (writeDown(plan, now)) carryOut(plan);
        return;
      }
      const due = log.due(now, limits.fireAtOnce);
      if (!due.ok) return;
      if (due.value.length > 0 && !together(due.value, now)) return;
      wanted = !stopped && due.value.length >= limits.fireAtOnce;
    },
    health() {
      const now = time.now();
      const since = now - (time.canaryAt ?? time.started);
      return {
        ok: since <= limits.canaryLate,
        canary: time.canaryAt === undefined ? null : Math.floor((now - time.canaryAt) / 1000),
        aside: log.asides(),
        settling: now < settlesAt(),
        clockOff: time.offset(),
      };
    },
  };
};
