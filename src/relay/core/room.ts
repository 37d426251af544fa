/**
 * Lines in memory: those with an open session, someone at the door, or a decision that waits for its commit.
 * A room's `state` may be ahead of the log; `durable` says up to where records may be shown to anybody.
 */
import { err, ok, type Result } from "../../base/result.ts";
import type { Connection } from "./connection.ts";
import type { Log, Unavailable } from "./log-port.ts";
import type { BlobChanges } from "./shelf.ts";
import { uncounted, type VigilChanges, type VigilUses } from "./vigil.ts";
import type { KeptRecord, LineId, LineState } from "./state.ts";
import { decodeLine } from "./stored-line.ts";

export interface Room {
  readonly line: LineId;
  /** `undefined`: there is no such line (yet). */
  state: LineState | undefined;
  durable: number;
  readonly sessions: Connection[];
  readonly knockers: Connection[];
  /** Those who proved the words of a side. */
  readonly recovered: Connection[];
  /** Accepted and not yet durable. */
  fresh: KeptRecord[];
  /** Something of this line waits for the commit. */
  pending: boolean;
  /** Blobs that changed and wait for the commit. */
  blobs: BlobChanges | undefined;
  /** Vigils that changed and wait for the commit. */
  vigils: VigilChanges | undefined;
  /** What each side has of vigils in the log. Not counted again with every act: that reads all of them. */
  vigilUse: VigilUses;
  /** Cursors moved since the state was saved. */
  moved: boolean;
  /** Records since the state was saved. */
  unsaved: number;
}

const seqOf = (state: LineState | undefined): number => (state?.phase === "open" ? state.seq : 0);

const loadState = (log: Log, line: LineId): Result<{ readonly state: LineState | undefined; readonly tail: number }, Unavailable> => {
  const loaded = log.load(line);
  if (!loaded.ok) return loaded;
  if (!loaded.value) return ok({ state: undefined, tail: 0 });
  const state = decodeLine(line, loaded.value);
  // Bytes that this relay did not write: a damaged disk. The line cannot be served; the others can.
  return state ? ok({ state, tail: loaded.value.tail.length }) : err("unavailable");
};

export interface Rooms {
  /** From memory, or loaded. The caller releases it when it did not keep it. */
  enter(line: LineId): Result<Room, Unavailable>;
  /** Takes it out of memory when nobody needs it. */
  release(room: Room): void;
  /** Drops what was decided and is not durable. */
  reload(room: Room): Result<void, Unavailable>;
  /** Takes it out of memory whoever needs it. */
  drop(room: Room): void;
  count(): number;
  /** Vigils were forgotten, of whichever lines: what was counted of them holds no more. */
  recountVigils(): void;
}

export const createRooms = (log: Log): Rooms => {
  const rooms = new Map<LineId, Room>();
  return {
    enter(line) {
      const known = rooms.get(line);
      if (known) return ok(known);
      const loaded = loadState(log, line);
      if (!loaded.ok) return loaded;
      const room: Room = {
        line,
        state: loaded.value.state,
        durable: seqOf(loaded.value.state),
        sessions: [],
        knockers: [],
        recovered: [],
        fresh: [],
        pending: false,
        blobs: undefined,
        vigils: undefined,
        vigilUse: uncounted(),
        moved: false,
        unsaved: loaded.value.tail,
      };
      rooms.set(line, room);
      return ok(room);
    },
    release(room) {
      if (room.sessions.length + room.knockers.length + room.recovered.length > 0 || room.pending) return;
      if (rooms.get(room.line) === room) rooms.delete(room.line);
    },
    reload(room) {
      room.fresh = [];
      room.blobs = undefined;
      room.vigils = undefined;
      room.vigilUse = uncounted();
      room.moved = false;
      const loaded = loadState(log, room.line);
      if (!loaded.ok) return loaded;
      room.state = loaded.value.state;
      room.durable = seqOf(room.state);
      room.unsaved = loaded.value.tail;
      return ok(undefined);
    },
    drop(room) {
      if (rooms.get(room.line) === room) rooms.delete(room.line);
    },
    count: () => rooms.size,
    recountVigils() {
      for (const room of rooms.values()) room.vigilUse = uncounted();
    },
  };
};

export const removeFrom = (list: Connection[], connection: Connection): void => {
  const at = list.indexOf(connection);
  if (at >= 0) list.splice(at, 1);
};
