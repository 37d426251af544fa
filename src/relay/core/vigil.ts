/**
 * A vigil: what the relay will put into a line's log unless its owner's side is heard before (VIG rules). None is in memory
 * but what changed and waits for the commit; the rest is asked of the log, by line or by what is due: there may be a million.
 *
 * Invariants
 * - `turn` only rises. Rungs fire in the order in which they stand, each once; `fired` of them have.
 * - A rung waits exactly while the state is `armed`. Everything else is only remembered, until `ends`.
 */
import type { Brand, Millis } from "../../base/brand.ts";
import { concat, u64 } from "../../base/bytes.ts";
import { ok, type Result } from "../../base/result.ts";
import { rungsHash, type RungDigest, type VigilState } from "../../protocol/receipt.ts";
import type { Limits } from "./limits.ts";
import type { Log, Unavailable } from "./log-port.ts";
import type { RelayCrypto } from "./outcome.ts";
import { flatHex, type LineId, type Side } from "./state.ts";

/** A vigil's 16 bytes as lower-case hexadecimal. Unique on its line. */
export type VigilId = Brand<string, "VigilId">;
export const vigilIdOf = (bytes: Uint8Array): VigilId => flatHex(bytes) as VigilId;

/** What is known of a rung without its body. */
export interface Rung extends RungDigest {
  /** Of its body, in bytes. */
  readonly size: number;
}

export interface Vigil {
  readonly id: VigilId;
  readonly side: Side;
  readonly turn: number;
  readonly due: Millis;
  /** When the window of a sign of life opens; null for a promise with a date. */
  readonly opens: Millis | null;
  /** SHA-256 of the secret that keeps this window, hexadecimal. */
  readonly keeper: string | null;
  readonly state: Exclude<VigilState, "aside">;
  /** It could not be fired; it is tried again when the relay starts. */
  readonly aside: boolean;
  readonly rungs: readonly Rung[];
  readonly fired: number;
  /** How much later than armed all of it is due (LIFE2). */
  readonly moved: Millis;
  /** What was asked for when this turn began, hexadecimal: the same again is known by it, also after a refresh. */
  readonly asked: string;
  /** When its envelope was last replaced; 0 for never. */
  readonly refreshed: Millis;
  readonly changed: Millis;
  /** Until when it is remembered; null while a rung waits. */
  readonly ends: Millis | null;
}

/** How many of a side wait, how many are known, and the bytes of the bodies that wait. */
export interface VigilUse {
  readonly armed: number;
  readonly known: number;
  readonly bytes: number;
}

/** By side, as the log has it; `undefined` until it was counted. */
export type VigilUses = [VigilUse | undefined, VigilUse | undefined];
export const uncounted = (): VigilUses => [undefined, undefined];

export const isArmed = ({ state }: Vigil): boolean => state === "armed";

/** When its next rung is due; null when nothing of it waits. */
export const nextDue = (vigil: Vigil): Millis | null => {
  const rung = isArmed(vigil) ? vigil.rungs[vigil.fired] : undefined;
  return rung && !vigil.aside ? rung.due + vigil.moved : null;
};

export const bytesHeld = (vigil: Vigil): number => (isArmed(vigil) ? vigil.rungs.slice(vigil.fired).reduce((sum, { size }) => sum + size, 0) : 0);

/**
 * Its turn only rises, what fired of a turn that waits has fired, and what is settled waits again with another turn alone: each
 * rung fires once, whatever else is wrong (VIG4). What does not wait cannot fire, and may be counted anew (VIG10).
 */
export const goesOn = (was: Vigil, is: Vigil): boolean =>
  is.turn > was.turn || (is.turn === was.turn && (!isArmed(is) || (isArmed(was) && is.fired >= was.fired)));

/** Long enough that what a device repeats late is still known, or too late to be armed. */
export const endOf = (due: Millis, rungs: readonly Rung[], now: Millis, limits: Limits): Millis =>
  Math.max(now, due, ...rungs.map((rung) => rung.due)) + limits.vigilMemory;

interface Asked {
  readonly due: Millis;
  readonly opens: Millis | null;
  readonly keeper: Uint8Array | null;
}

export const askedHash = ({ due, opens, keeper }: Asked, rungs: readonly Rung[], crypto: RelayCrypto): string =>
  flatHex(crypto.sha256(concat(u64(due), u64(opens ?? 0), keeper ?? new Uint8Array(32), rungsHash(rungs, crypto.sha256))));

/** Time in which the relay was not there. */
export interface Outage {
  readonly from: Millis;
  readonly until: Millis;
  /** Until then nothing fires (VIG6). */
  readonly settles: Millis;
}

/** How much later a window is due after this outage: it gets back what the outage took of it, from the recovery on (LIFE2). */
export const takenBy = ({ opens, due, moved }: Pick<Vigil, "opens" | "due" | "moved">, { from, until }: Pick<Outage, "from" | "until">): Millis => {
  const end = due + moved;
  if (opens === null || opens >= until || end <= from) return 0;
  const taken = Math.min(until, end) - Math.max(from, opens);
  return Math.max(0, until + taken - end);
};

/** A vigil as the log has it, and as it is with what waits for the commit. */
export interface VigilChange {
  readonly was: Vigil | undefined;
  readonly is: Vigil;
}
export type VigilChanges = ReadonlyMap<VigilId, VigilChange>;

export const withVigils = (changes: VigilChanges | undefined, more: readonly VigilChange[]): VigilChanges => {
  const all = new Map(changes);
  for (const { was, is } of more) {
    const earlier = all.get(is.id);
    all.set(is.id, { was: earlier ? earlier.was : was, is });
  }
  return all;
};

/** The vigils of a line as a decision sees them. */
export interface Ladder {
  find(id: VigilId): Result<Vigil | undefined, Unavailable>;
  used(side: Side): Result<VigilUse, Unavailable>;
}

/** What is known in memory of the vigils of a line. */
interface InView {
  readonly line: LineId;
  readonly vigils: VigilChanges | undefined;
  readonly vigilUse: VigilUses;
}

export const openLadder = (log: Log, { line, vigils, vigilUse }: InView): Ladder => ({
  find(id) {
    const change = vigils?.get(id);
    return change ? ok(change.is) : log.vigil(line, id);
  },
  used(side) {
    const counted = vigilUse[side];
    const durable = counted ? ok(counted) : log.vigilUse(line, side);
    if (!durable.ok) return durable;
    vigilUse[side] = durable.value;
    return ok(useAfter(durable.value, side, vigils));
  },
});

/** The changes are in the log now. */
export const countChanges = ({ vigils, vigilUse }: InView): void => {
  for (const side of [0, 1] as const) vigilUse[side] &&= useAfter(vigilUse[side], side, vigils);
};

const useAfter = ({ armed, known, bytes }: VigilUse, side: Side, changes: VigilChanges | undefined): VigilUse => {
  for (const { was, is } of changes?.values() ?? []) {
    if (is.side !== side) continue;
    armed += (isArmed(is) ? 1 : 0) - (was && isArmed(was) ? 1 : 0);
    known += was ? 0 : 1;
    bytes += bytesHeld(is) - (was ? bytesHeld(was) : 0);
  }
  return { armed, known, bytes };
};
