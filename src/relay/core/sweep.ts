/**
 * What has had its time goes (LOG7, CLOSE2, BLOB6), in steps small enough that nobody waits for them: some lines a tick, some
 * hundred records a line. Lines whose cursors moved come first; all others are looked at every `sweepEvery`.
 */
import type { Millis } from "../../base/brand.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Batches } from "./batch.ts";
import type { Blobs } from "./blobs.ts";
import { decideExpiry, hasPassed } from "./decide-end.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log-port.ts";
import type { Room, Rooms } from "./room.ts";
import type { LineId } from "./state.ts";
import type { RelayStats } from "./stats.ts";

export interface Sweep {
  /** Cursors of this line moved. */
  touch(room: Room): void;
  step(): void;
}

interface Parts {
  readonly log: Log;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly rooms: Rooms;
  readonly batches: Batches;
  readonly blobs: Blobs;
  readonly stats: RelayStats;
}

export const createSweep = ({ log, clock, limits, rooms, batches, blobs, stats }: Parts): Sweep => {
  const due = new Set<LineId>();
  let place = 0;
  let nextPass: Millis = clock.monotonic();

  /** True when there may be more to do for this line. */
  const expire = (line: LineId): boolean => {
    const entered = rooms.enter(line);
    if (!entered.ok) return false;
    const room = entered.value;
    const more = room.pending || expireRoom(room);
    rooms.release(room);
    return more;
  };

  const expireRoom = (room: Room): boolean => {
    const { state } = room;
    if (!state) return false;
    const now = clock.now();
    const first = state.phase === "open" ? log.readMeta(room.line, state.baseSeq, 1) : undefined;
    const oldest = first?.ok ? first.value[0] : undefined;
    const worth = state.phase === "open" && oldest && (hasPassed(state) || now - oldest.at > limits.keep);
    const read = worth ? log.readMeta(room.line, state.baseSeq, limits.sweepRecords) : undefined;
    const kept = read?.ok ? read.value : [];
    const expiry = decideExpiry(state, kept, now, limits);
    switch (expiry.kind) {
      case "nothing":
        return false;
      case "forget":
        room.state = undefined;
        batches.save(room, expiry.writes);
        return false;
      case "cut": {
        const gone = expiry.state.baseSeq - (state.phase === "open" ? state.baseSeq : 0);
        stats.expired += gone;
        room.state = expiry.state;
        batches.save(room, expiry.writes);
        return gone >= limits.sweepRecords;
      }
    }
  };

  return {
    touch(room) {
      if (room.state?.phase === "open" && hasPassed(room.state)) due.add(room.line);
    },
    step() {
      blobs.expire();
      let budget = limits.sweepLines;
      for (const line of [...due].slice(0, budget)) {
        budget--;
        if (!expire(line)) due.delete(line);
      }
      if (budget <= 0 || clock.monotonic() < nextPass) return;
      const found = log.lines(place, budget);
      if (!found.ok) return;
      for (const { line, place: at } of found.value) {
        place = at;
        if (expire(line)) due.add(line);
      }
      if (found.value.length < budget) {
        place = 0;
        nextPass = clock.monotonic() + limits.sweepEvery;
      }
    },
  };
};
