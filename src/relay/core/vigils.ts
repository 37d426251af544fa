/** Acts on vigils (VIG rules): what is decided goes the way of every decision, with the vigils that wait for the commit in view. */
import type { FrameOf } from "../../protocol/frames.ts";
import { readReceipt } from "../../protocol/receipt.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Batches } from "./batch.ts";
import type { Clock } from "../../ports/clock.ts";
import { settlesAt } from "./decide-records.ts";
import { decideArm, decideKeep, decideLift, decideRefresh, decideRenew, decideShow } from "./decide-vigils.ts";
import type { Limits } from "./limits.ts";
import type { Log, Unavailable } from "./log-port.ts";
import { refuse, type Outcome, type RelayCrypto } from "./outcome.ts";
import type { Room, Rooms } from "./room.ts";
import { flatHex, idBytes, type MemberDevice, type OpenLine } from "./state.ts";
import { openLadder, vigilIdOf, type Vigil } from "./vigil.ts";
import type { VigilTimes } from "./firing.ts";

/** kept: it counts, now or since before. early: no window of it is open yet. late: all of it had its time. unknown: it keeps nothing here. */
export type KeepAnswer = "kept" | "early" | "late" | "unknown" | "unavailable";

/** What one secret comes to where it keeps several windows. */
const answers: readonly KeepAnswer[] = ["kept", "unavailable", "early", "late"];

type VigilFrame = FrameOf<"arm"> | FrameOf<"renew"> | FrameOf<"refresh"> | FrameOf<"lift"> | FrameOf<"show">;

export interface Vigils {
  /** For a device in a session. */
  write(room: Room, state: OpenLine, member: MemberDevice, frame: VigilFrame): Outcome;
  keep(secret: Uint8Array, answer: (is: KeepAnswer) => void): void;
}

interface Parts {
  readonly log: Log;
  readonly rooms: Rooms;
  readonly batches: Batches;
  readonly crypto: RelayCrypto;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly time: VigilTimes;
}

export const createVigils = ({ log, rooms, batches, crypto, clock, limits, time }: Parts): Vigils => {
  const write: Vigils["write"] = (room, state, member, frame) => {
    const ladder = openLadder(log, room);
    const now = time.now();
    if (frame.type === "show") {
      const shown = readReceipt(crypto.relayKey, idBytes(room.line), frame.receipt, crypto.verify);
      if (!shown) return refuse("malformed");
      const [before, used] = [ladder.find(vigilIdOf(shown.vigil)), ladder.used(shown.side)];
      return before.ok && used.ok ? decideShow(state, frame.ask, shown, before.value, used.value, now, limits) : refuse("unavailable");
    }
    // Who has a device of theirs for a minute, and lets another in, settles nothing with that one (AGE2). What it arms itself is no harm.
    const settles = settlesAt(member, limits);
    if (frame.type !== "arm" && clock.now() < settles) return refuse("forbidden", settles);
    const before = ladder.find(vigilIdOf(frame.vigil));
    if (!before.ok) return refuse("unavailable");
    if (frame.type === "lift") return decideLift(state, member, frame, before.value, now, limits);
    const used = ladder.used(member.side);
    if (!used.ok) return refuse("unavailable");
    switch (frame.type) {
      case "arm":
        return decideArm(state, member, frame, before.value, used.value, now, limits, crypto);
      case "renew":
        return decideRenew(state, member, frame, before.value, used.value, now, limits, crypto);
      case "refresh":
        return decideRefresh(state, member, frame, before.value, used.value, now, limits, crypto);
    }
  };

  /** Of one line, whatever the secret keeps there. */
  const keepOn = (room: Room, vigils: readonly Vigil[]): { readonly keeps: readonly (readonly [Vigil, Vigil])[]; readonly others: ReadonlySet<KeepAnswer> } => {
    const keeps: (readonly [Vigil, Vigil])[] = [];
    const others = new Set<KeepAnswer>();
    if (room.state?.phase !== "open") return { keeps, others };
    for (const vigil of vigils) {
      const decided = decideKeep(vigil, time.now(), limits);
      if (decided.kind === "keep") keeps.push([vigil, decided.is]);
      else if (decided.kind !== "none") others.add(decided.kind);
    }
    return { keeps, others };
  };

  const find = (keeper: string): Result<ReadonlyMap<Room, readonly Vigil[]>, Unavailable> => {
    const kept = log.keptBy(keeper);
    if (!kept.ok) return kept;
    const found = new Map<Room, Vigil[]>();
    const none = (): Result<never, Unavailable> => {
      for (const room of found.keys()) rooms.release(room);
      return err("unavailable");
    };
    for (const { line, id } of kept.value) {
      const room = rooms.enter(line);
      if (!room.ok) return none();
      const vigil = openLadder(log, room.value).find(id);
      if (!vigil.ok) return none();
      const of = found.get(room.value) ?? [];
      found.set(room.value, of);
      // A renewal that waits for its commit may have another secret.
      if (vigil.value?.keeper === keeper) of.push(vigil.value);
    }
    return ok(found);
  };

  return {
    write,
    keep(secret, answer) {
      const found = find(flatHex(crypto.sha256(secret)));
      if (!found.ok) return answer("unavailable");
      const others = new Set<KeepAnswer>();
      let waits = 0;
      let failed = false;
      for (const [room, vigils] of found.value) {
        const on = keepOn(room, vigils);
        for (const other of on.others) others.add(other);
        if (on.keeps.length > 0 && room.state?.phase === "open") {
          waits++;
          batches.acceptFor({
            room,
            outcome: {
              kind: "accept",
              state: room.state,
              record: undefined,
              writes: on.keeps.map(([was, is]) => ({ kind: "vigil", line: room.line, was, is, bodies: [] })),
              saveLine: false,
              vigils: on.keeps.map(([was, is]) => ({ was, is })),
              effects: on.keeps.map(([, { id }]) => ({ kind: "tell-receipt", id })),
            },
            durable(is) {
              failed ||= !is;
              if (--waits === 0) answer(failed ? "unavailable" : "kept");
            },
          });
        }
        rooms.release(room);
      }
      if (waits > 0) return;
      answer(answers.find((one) => others.has(one)) ?? "unknown");
    },
  };
};
