/**
 * Blobs in and out (BLOB rules). What is written goes the way of every decision; pieces are read from the log at once,
 * whatever waits for a commit: what is there is durable, and one that asks for many is held back by WIRE7 alone.
 */
import type { Clock } from "../../ports/clock.ts";
import { ok, type Result } from "../../base/result.ts";
import type { Sealed } from "../../base/brand.ts";
import type { FrameOf, RelayFrame } from "../../protocol/frames.ts";
import type { Batches } from "./batch.ts";
import { decideDrop, decideKeep, decidePut } from "./decide-blob.ts";
import type { Limits } from "./limits.ts";
import type { Log, Unavailable } from "./log-port.ts";
import { refuse, type Outcome, type RelayCrypto } from "./outcome.ts";
import type { Room, Rooms } from "./room.ts";
import { blobIdOf, isWhole, openShelf, withChanges, type BlobMeta, type Shelf } from "./shelf.ts";
import { flatHex, type MemberDevice, type OpenLine } from "./state.ts";

export interface Blobs {
  /** For a device in a session. */
  write(room: Room, state: OpenLine, member: MemberDevice, frame: FrameOf<"put"> | FrameOf<"keep"> | FrameOf<"drop">): Outcome;
  /** Incomplete, not there, another capability: all the same `undefined`. */
  piece(room: Room, frame: FrameOf<"get">): Result<RelayFrame | undefined, Unavailable>;
  /** Some of those whose end has come go. */
  expire(): void;
}

interface Parts {
  readonly log: Log;
  readonly rooms: Rooms;
  readonly batches: Batches;
  readonly clock: Clock;
  readonly crypto: RelayCrypto;
  readonly limits: Limits;
}

const nothing = { blobs: 0, room: 0 };

export const createBlobs = ({ log, rooms, batches, clock, crypto, limits }: Parts): Blobs => {
  const shelfOf = (room: Room): Shelf => openShelf(log, room.line, room.blobs);

  const put = (room: Room, state: OpenLine, member: MemberDevice, frame: FrameOf<"put">): Outcome => {
    const shelf = shelfOf(room);
    const before = shelf.find(blobIdOf(frame.id));
    if (!before.ok) return refuse("unavailable");
    const used = frame.index === 0 && !before.value ? shelf.used(member.side) : ok(nothing);
    if (!used.ok) return refuse("unavailable");
    return decidePut(state, member, frame, before.value, used.value, clock.now(), limits);
  };

  const keep = (room: Room, state: OpenLine, member: MemberDevice, frame: FrameOf<"keep">): Outcome => {
    const shelf = shelfOf(room);
    const kept = shelf.kept(member.side);
    if (!kept.ok) return refuse("unavailable");
    const named: (BlobMeta | undefined)[] = [];
    for (const id of new Set(frame.ids.map(blobIdOf))) {
      const blob = shelf.find(id);
      if (!blob.ok) return refuse("unavailable");
      named.push(blob.value);
    }
    return decideKeep(state, member, frame, named, kept.value);
  };

  return {
    write(room, state, member, frame) {
      switch (frame.type) {
        case "put":
          return put(room, state, member, frame);
        case "keep":
          return keep(room, state, member, frame);
        case "drop": {
          const blob = shelfOf(room).find(blobIdOf(frame.id));
          return blob.ok ? decideDrop(state, member, frame, blob.value, crypto) : refuse("unavailable");
        }
      }
    },
    piece(room, { id, capability, index }) {
      const blob = log.blob(room.line, blobIdOf(id));
      if (!blob.ok) return blob;
      const check = flatHex(crypto.sha256(capability));
      if (blob.value?.check !== check || !isWhole(blob.value) || index >= blob.value.total) return ok(undefined);
      const body = log.piece(room.line, blob.value.id, index);
      if (!body.ok) return body;
      return ok(body.value && { type: "chunk", id, index, total: blob.value.total, body: body.value as Sealed });
    },
    expire() {
      const overdue = log.overdueBlobs(clock.now(), limits.sweepBlobs);
      if (!overdue.ok) return;
      for (const { line, id } of overdue.value) {
        const entered = rooms.enter(line);
        if (!entered.ok) continue;
        const room = entered.value;
        const found = shelfOf(room).find(id);
        const blob = found.ok ? found.value : undefined;
        // A piece of it may just have come, and waits for its commit.
        if (blob && blob.ends !== null && blob.ends <= clock.now()) {
          room.blobs = withChanges(room.blobs, [{ was: blob, is: undefined }]);
          batches.write(room, [{ kind: "unblob", line, id }]);
        }
        rooms.release(room);
      }
    },
  };
};
