/**
 * Group commit: decisions gather in a batch, one transaction makes them durable, and only then is anybody told.
 * A batch that cannot be written is undone whole: lines are loaded again, each sender gets `unavailable`.
 */
import { exhaustive } from "../../base/exhaustive.ts";
import type { Millis } from "../../base/brand.ts";
import type { Clock } from "../../ports/clock.ts";
import { encodeFrame, frameTypes, type DeviceFrame, type FrameOf, type RelayFrame } from "../../protocol/frames.ts";
import type { Closing, Connection, Outlet } from "./connection.ts";
import { makeOpened } from "./decide-open.ts";
import type { Delivery } from "./delivery.ts";
import type { Limits } from "./limits.ts";
import type { Log, Write } from "./log-port.ts";
import type { Effect, Outcome, RelayCrypto } from "./outcome.ts";
import { removeFrom, type Room, type Rooms } from "./room.ts";
import { idBytes, keyTextOf, type OpenLine } from "./state.ts";
import type { RelayStats } from "./stats.ts";
import { encodeLine } from "./stored-line.ts";

/** What is done once everything before it is durable. */
type Release =
  | Effect
  | { readonly kind: "opened"; readonly open: FrameOf<"open">; readonly state: OpenLine; readonly latecomer: Millis | undefined }
  | { readonly kind: "end-for-one"; readonly certificate: Uint8Array }
  | { readonly kind: "wait-at-door"; readonly knock: FrameOf<"knock"> };

interface Item {
  readonly connection: Connection;
  readonly room: Room;
  readonly type: DeviceFrame["type"];
  readonly n: number;
  readonly releases: readonly Release[];
}

interface Parts {
  readonly log: Log;
  readonly clock: Clock;
  readonly crypto: RelayCrypto;
  readonly outlet: Outlet;
  readonly rooms: Rooms;
  readonly delivery: Delivery;
  readonly stats: RelayStats;
  readonly limits: Limits;
  readonly close: (connection: Connection, why: Closing) => void;
}

export interface Batches {
  accept(
    connection: Connection,
    room: Room,
    type: DeviceFrame["type"],
    n: number,
    outcome: Extract<Outcome, { kind: "accept" }>,
    knock?: FrameOf<"knock">,
  ): void;
  /** After what waits for this room; at once when nothing does. */
  after(connection: Connection, room: Room, type: DeviceFrame["type"], n: number, release: Release): void;
  /** The room's state and these writes go with the next commit. */
  save(room: Room, writes: readonly Write[]): void;
  /** The network took what was unsent: what had to wait for that. */
  drained(connection: Connection): void;
  /** Closed after what was answered to it. */
  closing(connection: Connection, why: Closing): void;
  pending(): boolean;
  commit(): void;
}

const nothing: readonly Release[] = [];

export const createBatches = (parts: Parts): Batches => {
  const { log, outlet, rooms, delivery, stats, limits } = parts;
  let writes: Write[] = [];
  let items: Item[] = [];
  let touched = new Set<Room>();
  let saves = new Set<Room>();
  let closings: { readonly connection: Connection; readonly why: Closing }[] = [];

  const touch = (room: Room): void => {
    room.pending = true;
    touched.add(room);
  };

  const save = (room: Room, more: readonly Write[]): void => {
    touch(room);
    saves.add(room);
    for (const write of more) writes.push(write);
  };

  const send = (connection: Connection, frame: RelayFrame): void => {
    if (!connection.closed) outlet.send(connection.id, encodeFrame(frame));
  };

  const commit = (): void => {
    if (touched.size === 0 && closings.length === 0) return;
    const batch = { writes, items, touched, saves };
    const leaving = closings;
    writes = [];
    items = [];
    touched = new Set();
    saves = new Set();
    closings = [];

    for (const room of batch.saves) {
      if (!room.state) continue;
      batch.writes.push({ kind: "line", line: room.line, seq: room.state.phase === "open" ? room.state.seq : 0, saved: encodeLine(room.state) });
    }
    const written = batch.writes.length === 0 || log.write(batch.writes).ok;
    for (const room of batch.touched) room.pending = false;
    if (written) succeed(batch);
    else undo(batch);
    for (const room of batch.touched) rooms.release(room);
    for (const { connection, why } of leaving) parts.close(connection, why);
  };

  const succeed = (batch: { readonly items: readonly Item[]; readonly touched: ReadonlySet<Room>; readonly saves: ReadonlySet<Room> }): void => {
    stats.commits++;
    for (const room of batch.saves) {
      room.moved = false;
      room.unsaved = 0;
    }
    for (const room of batch.touched) {
      if (room.state?.phase === "open") room.durable = room.state.seq;
      const { fresh } = room;
      if (fresh.length === 0) continue;
      room.fresh = [];
      stats.records += fresh.length;
      delivery.publish(room, fresh);
    }
    for (const item of batch.items) for (const release of item.releases) perform(item.connection, item.room, release);
  };

  const undo = (batch: { readonly items: readonly Item[]; readonly touched: ReadonlySet<Room> }): void => {
    stats.failedCommits++;
    for (const item of batch.items) {
      if (item.type === "open" && item.connection.held) {
        removeFrom(item.room.sessions, item.connection);
        item.connection.room = undefined;
        item.connection.held = false;
      }
      stats.refused.unavailable++;
      send(item.connection, { type: "refused", re: frameTypes[item.type], n: item.n, code: "unavailable", after: 0 });
    }
    for (const room of batch.touched) {
      if (rooms.reload(room).ok) continue;
      for (const session of [...room.sessions, ...room.knockers]) parts.close(session, "unavailable");
      rooms.drop(room);
    }
  };

  const perform = (connection: Connection, room: Room, release: Release): void => {
    switch (release.kind) {
      case "reply":
        return send(connection, release.frame);
      case "opened":
        return openSession(connection, room, release.open, release.state, release.latecomer);
      case "revoke":
        for (const session of room.sessions.filter(({ device }) => release.devices.includes(device))) {
          send(session, { type: "refused", re: frameTypes.open, n: 0, code: "revoked", after: 0 });
          parts.close(session, "revoked");
        }
        return;
      case "tell-knocks":
        for (const session of room.sessions) tellKnocks(session, room);
        return;
      case "wait-at-door":
        if (connection.closed || connection.room) return;
        if (connection.door) removeFrom(connection.door.knockers, connection);
        connection.door = room;
        connection.doorKey = keyTextOf(release.knock.key);
        room.knockers.push(connection);
        return;
      case "admit":
        for (const knocker of room.knockers.splice(0)) {
          knocker.door = undefined;
          send(
            knocker,
            knocker.doorKey === release.key ? { type: "knocked", state: "accepted" } : { type: "refused", re: frameTypes.knock, n: 0, code: "taken", after: 0 },
          );
        }
        return;
      case "tell-latecomer":
        for (const session of room.sessions) if (!session.held) send(session, { type: "latecomer", at: release.at });
        return;
      case "end-for-one":
        send(connection, { type: "ended", certificate: release.certificate });
        return parts.close(connection, "ended");
      case "end":
        // A copy: closing takes each off the list.
        for (const session of room.sessions.slice()) {
          send(session, { type: "ended", certificate: release.certificate });
          parts.close(session, "ended");
        }
        for (const knocker of room.knockers.splice(0)) {
          knocker.door = undefined;
          send(knocker, { type: "refused", re: frameTypes.knock, n: 0, code: "unknown", after: 0 });
        }
        return;
      default:
        return exhaustive(release);
    }
  };

  const openSession = (connection: Connection, room: Room, open: FrameOf<"open">, state: OpenLine, latecomer: Millis | undefined): void => {
    if (connection.closed) return;
    const member = state.members[connection.device];
    const base = baseOf(connection.sent, state, room);
    const welcome = member?.welcome ? log.welcome(room.line, connection.device) : undefined;
    if (!base || !member || welcome?.ok === false) return parts.close(connection, "unavailable");
    connection.held = false;
    send(connection, makeOpened(state, connection.device, base, welcome?.value ?? null, open, connection.nonce, parts.clock.now(), parts.crypto));
    if (latecomer !== undefined) send(connection, { type: "latecomer", at: latecomer });
    tellKnocks(connection, room);
    delivery.follow(connection);
  };

  /** The head at a place of the log. */
  const baseOf = (seq: number, state: OpenLine, room: Room): { readonly seq: number; readonly head: Uint8Array } | undefined => {
    if (seq === state.seq) return { seq, head: state.head };
    if (seq === state.baseSeq) return { seq, head: state.baseHead };
    const head = log.headAt(room.line, seq);
    return head.ok && head.value ? { seq, head: head.value } : undefined;
  };

  const tellKnocks = (session: Connection, room: Room): void => {
    if (room.state?.phase !== "open" || session.held || room.state.knocks.length === 0) return;
    if (room.state.members[session.device]?.side !== 0) return;
    // Thirty kilobytes a knock, and whoever has the ticket can knock again and again.
    session.owedKnocks = outlet.unsent(session.id) > limits.unsent;
    if (session.owedKnocks) return;
    const bodies = log.knocks(room.line);
    if (!bodies.ok) return parts.close(session, "unavailable");
    const items = room.state.knocks.flatMap(({ id, key, at }) => {
      const body = bodies.value.get(id);
      return body ? [{ id, key: idBytes(key), at, body }] : [];
    });
    if (items.length > 0) send(session, { type: "knocks", items });
  };

  return {
    accept(connection, room, type, n, outcome, knock) {
      touch(room);
      room.state = outcome.state;
      for (const write of outcome.writes) writes.push(write);
      if (outcome.record) {
        room.fresh.push(outcome.record);
        writes.push({ kind: "record", line: room.line, record: outcome.record });
        if (++room.unsaved >= limits.tail) saves.add(room);
      }
      if (outcome.saveLine) saves.add(room);
      const waits = knock && outcome.effects.some((effect) => effect.kind === "tell-knocks");
      items.push({
        connection,
        room,
        type,
        n,
        releases: waits ? [{ kind: "wait-at-door", knock }, ...outcome.effects] : outcome.effects.length > 0 ? outcome.effects : nothing,
      });
    },
    after(connection, room, type, n, release) {
      if (room.pending) items.push({ connection, room, type, n, releases: [release] });
      else perform(connection, room, release);
    },
    save,
    drained(connection) {
      if (!connection.owedKnocks) return;
      connection.owedKnocks = false;
      if (connection.room) tellKnocks(connection, connection.room);
    },
    closing(connection, why) {
      closings.push({ connection, why });
    },
    pending: () => touched.size > 0 || closings.length > 0,
    commit,
  };
};
