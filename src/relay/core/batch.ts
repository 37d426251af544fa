/**
 * Group commit: decisions gather in a batch, one transaction makes them durable, and only then is anybody told.
 * A batch that cannot be written is undone whole: lines are loaded again, each sender gets `unavailable`.
 */
import { exhaustive } from "../../base/exhaustive.ts";
import { ok } from "../../base/result.ts";
import type { Millis } from "../../base/brand.ts";
import type { Clock } from "../../ports/clock.ts";
import { encodeFrame, frameTypes, type DeviceFrame, type FrameOf, type RefusalCode, type RelayFrame } from "../../protocol/frames.ts";
import type { Closing, Connection, Outlet, Recovered } from "./connection.ts";
import { waitingFor } from "./decide-door.ts";
import { makeOpened } from "./decide-open.ts";
import type { Delivery } from "./delivery.ts";
import type { Limits } from "./limits.ts";
import type { Log, Write } from "./log-port.ts";
import { lookUp, makeRecovered, type Asker, type LookUp } from "./look-up.ts";
import type { Accept, Effect, RelayCrypto } from "./outcome.ts";
import { openFor } from "./recovery.ts";
import type { Receipts } from "./receipts.ts";
import { removeFrom, type Room, type Rooms } from "./room.ts";
import { withChanges } from "./shelf.ts";
import { idBytes, type Door, type LineId, type OpenLine, type Side } from "./state.ts";
import type { RelayStats } from "./stats.ts";
import { encodeLine } from "./stored-line.ts";
import { countChanges, withVigils } from "./vigil.ts";

/** What is done once everything before it is durable. */
type Release =
  | Effect
  | { readonly kind: "opened"; readonly open: FrameOf<"open">; readonly state: OpenLine; readonly latecomer: Millis | undefined }
  | { readonly kind: "end-for-one"; readonly certificate: Uint8Array }
  | { readonly kind: "recovered"; readonly recovered: Recovered }
  | { readonly kind: "look-up"; readonly asker: Asker; readonly what: LookUp };

/** Someone who has no socket, and waits for the commit: it hears whether what it asked for is durable. */
interface Caller {
  readonly room: Room;
  readonly outcome: Accept;
  readonly durable: (is: boolean) => void;
}

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
  readonly receipts: Receipts;
  readonly rooms: Rooms;
  readonly delivery: Delivery;
  readonly stats: RelayStats;
  readonly limits: Limits;
  readonly close: (connection: Connection, why: Closing) => void;
}

export interface Batches {
  accept(connection: Connection, room: Room, type: DeviceFrame["type"], n: number, outcome: Accept): void;
  /** The same for one who asks without a socket. */
  acceptFor(caller: Caller): void;
  /** After what waits for this room; at once when nothing does. */
  after(connection: Connection, room: Room, type: DeviceFrame["type"], n: number, release: Release): void;
  /** The same, for what has to be read from the log. Asked again before it was answered, it is answered once: answers are long. */
  lookUp(connection: Connection, room: Room, asker: Asker, what: LookUp): void;
  /** The room's state and these writes go with the next commit. */
  save(room: Room, writes: readonly Write[]): void;
  /** These writes alone. */
  write(room: Room, writes: readonly Write[]): void;
  /** As the log's, with what waits for the commit. */
  verifier(hash: string): ReturnType<Log["verifier"]>;
  /** The network took what was unsent: what had to wait for that. */
  drained(connection: Connection): void;
  /** Closed after what was answered to it. */
  closing(connection: Connection, why: Closing): void;
  pending(): boolean;
  commit(): void;
}

export const createBatches = (parts: Parts): Batches => {
  const { log, outlet, rooms, delivery, stats, limits } = parts;
  let writes: Write[] = [];
  let items: Item[] = [];
  let callers: Caller[] = [];
  let touched = new Set<Room>();
  let saves = new Set<Room>();
  let closings: { readonly connection: Connection; readonly why: Closing }[] = [];
  let claims = new Map<string, { readonly line: LineId; readonly side: Side }>();

  const touch = (room: Room): void => {
    room.pending = true;
    touched.add(room);
  };

  const write = (room: Room, more: readonly Write[]): void => {
    touch(room);
    for (const one of more) {
      writes.push(one);
      if (one.kind === "verifier") claims.set(one.hash, one);
    }
  };

  const save = (room: Room, more: readonly Write[]): void => {
    write(room, more);
    saves.add(room);
  };

  const send = (connection: Connection, frame: RelayFrame): void => {
    if (!connection.closed) outlet.send(connection.id, encodeFrame(frame));
  };

  const commit = (): void => {
    if (touched.size === 0 && closings.length === 0) return;
    const batch = { writes, items, callers, touched, saves };
    const leaving = closings;
    writes = [];
    items = [];
    callers = [];
    touched = new Set();
    saves = new Set();
    closings = [];
    if (claims.size > 0) claims = new Map();

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

  const succeed = (batch: {
    readonly items: readonly Item[];
    readonly callers: readonly Caller[];
    readonly touched: ReadonlySet<Room>;
    readonly saves: ReadonlySet<Room>;
  }): void => {
    stats.commits++;
    for (const room of batch.saves) {
      room.moved = false;
      room.unsaved = 0;
    }
    stats.blobBytes = log.blobBytes();
    for (const room of batch.touched) {
      room.blobs = undefined;
      countChanges(room);
      room.vigils = undefined;
      if (room.state?.phase === "open") room.durable = room.state.seq;
      const { fresh } = room;
      if (fresh.length === 0) continue;
      room.fresh = [];
      stats.records += fresh.length;
      delivery.publish(room, fresh);
    }
    for (const item of batch.items) for (const release of item.releases) perform(item.connection, item.room, release);
    for (const { room, outcome, durable } of batch.callers) {
      for (const effect of outcome.effects) {
        const found = effect.kind === "tell-receipt" && room.state?.phase === "open" ? parts.receipts.find(room.state, effect.id) : undefined;
        if (found?.ok && found.value) tellReceipt(room, found.value, undefined);
      }
      durable(true);
    }
  };

  const undo = (batch: { readonly items: readonly Item[]; readonly callers: readonly Caller[]; readonly touched: ReadonlySet<Room> }): void => {
    stats.failedCommits++;
    for (const { durable } of batch.callers) durable(false);
    for (const item of batch.items) {
      if (item.type === "open" && item.connection.held) {
        removeFrom(item.room.sessions, item.connection);
        item.connection.room = undefined;
        item.connection.held = false;
      }
      item.connection.asked = undefined;
      stats.refused.unavailable++;
      send(item.connection, { type: "refused", re: frameTypes[item.type], n: item.n, code: "unavailable", after: 0 });
    }
    for (const room of batch.touched) {
      if (rooms.reload(room).ok) continue;
      for (const session of [...room.sessions, ...room.knockers, ...room.recovered]) parts.close(session, "unavailable");
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
        for (const session of room.sessions) if (sideOf(session, room) === release.side) tellKnocks(session, room);
        return;
      case "wait-at-door":
        if (connection.closed || connection.room || connection.recovered) return;
        if (connection.door) removeFrom(connection.door.knockers, connection);
        connection.door = room;
        connection.doorAt = release.door;
        connection.doorKey = release.key;
        room.knockers.push(connection);
        return;
      case "admit":
        return emptyDoor(room, release.door, ({ doorKey }) =>
          doorKey !== undefined && release.keys.includes(doorKey) ? { type: "knocked", state: "accepted" } : refusedKnock("taken"),
        );
      case "close-door":
        return emptyDoor(room, release.door, () => refusedKnock("expired"));
      case "answer-knocker":
        for (const knocker of room.knockers) {
          const meant = knocker.doorAt === release.door && knocker.doorKey === release.key;
          if (meant && outlet.unsent(knocker.id) <= limits.unsent) send(knocker, { type: "answered", body: release.body });
        }
        return;
      case "recovered":
        return recoverSide(connection, room, release.recovered);
      case "end-recovery":
        connection.recovered = undefined;
        return removeFrom(room.recovered, connection);
      case "look-up": {
        if (connection.closed) return;
        connection.asked = connection.asked?.filter((kind) => kind !== release.what.kind);
        const found = room.state?.phase === "open" ? lookUp(log, parts.receipts, room.state, release.asker, release.what, limits) : undefined;
        if (!found?.ok) return send(connection, refused(release.what.kind, "unavailable"));
        for (const frame of found.value) send(connection, frame);
        return;
      }
      case "receipt": {
        const found = room.state?.phase === "open" ? parts.receipts.find(room.state, release.id) : undefined;
        if (release.tell && found?.ok && found.value) tellReceipt(room, found.value, connection);
        if (!found?.ok || !found.value) return send(connection, refused(release.re, found?.ok ? "unknown" : "unavailable", release.ask));
        return send(connection, { type: "receipt", re: frameTypes[release.re], ask: release.ask, done: release.done, receipt: found.value });
      }
      case "tell-receipt": {
        const found = room.state?.phase === "open" ? parts.receipts.find(room.state, release.id) : undefined;
        return found?.ok && found.value ? tellReceipt(room, found.value, connection) : undefined;
      }
      case "tell-latecomer":
        for (const session of room.sessions) if (!session.held) send(session, { type: "latecomer", at: release.at });
        return;
      case "end-for-one":
        send(connection, { type: "ended", certificate: release.certificate });
        return parts.close(connection, "ended");
      case "end":
        // A copy: closing takes each off the list.
        for (const session of [...room.sessions, ...room.recovered]) {
          send(session, { type: "ended", certificate: release.certificate });
          parts.close(session, "ended");
        }
        for (const knocker of room.knockers.splice(0)) {
          knocker.door = undefined;
          send(knocker, refusedKnock("unknown"));
        }
        return;
      default:
        return exhaustive(release);
    }
  };

  const refused = (type: DeviceFrame["type"], code: RefusalCode, n = 0): RelayFrame => ({ type: "refused", re: frameTypes[type], n, code, after: 0 });
  const refusedKnock = (code: RefusalCode): RelayFrame => refused("knock", code);

  /** Whoever has too much unsent asks by itself once it is back. */
  const tellReceipt = (room: Room, receipt: Uint8Array, except: Connection | undefined): void => {
    let message: Uint8Array | undefined;
    for (const session of room.sessions) {
      if (session === except || session.held || outlet.unsent(session.id) > limits.unsent) continue;
      message ??= encodeFrame({ type: "receipts", items: [receipt] });
      outlet.send(session.id, message);
    }
  };

  const sideOf = (session: Connection, room: Room): Side | undefined => (room.state?.phase === "open" ? room.state.members[session.device]?.side : undefined);

  const emptyDoor = (room: Room, door: Door, tell: (knocker: Connection) => RelayFrame): void => {
    for (const knocker of room.knockers.filter(({ doorAt }) => doorAt === door)) {
      removeFrom(room.knockers, knocker);
      knocker.door = undefined;
      send(knocker, tell(knocker));
    }
  };

  const recoverSide = (connection: Connection, room: Room, recovered: Recovered): void => {
    if (connection.closed || connection.room || connection.recovered) return;
    const state = openFor(recovered);
    // Other words took their place in the same moment, or the line ended.
    if (!state) return send(connection, refused("recover", "unknown"));
    const frame = makeRecovered(log, state, recovered.side, parts.clock.now());
    if (!frame.ok) return send(connection, refused("recover", "unavailable"));
    connection.recovered = recovered;
    room.recovered.push(connection);
    send(connection, frame.value);
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
    const side = sideOf(session, room);
    const waiting = side === undefined ? [] : waitingFor(room.state, side, parts.clock.now());
    if (waiting.length === 0) return;
    // Thirty kilobytes a knock, and whoever has the ticket can knock again and again.
    session.owedKnocks = outlet.unsent(session.id) > limits.unsent;
    if (session.owedKnocks) return;
    const bodies = log.knocks(room.line);
    if (!bodies.ok) return parts.close(session, "unavailable");
    const items = waiting.flatMap(({ id, key, at }) => {
      const body = bodies.value.get(id);
      return body ? [{ id, key: idBytes(key), at, body }] : [];
    });
    if (items.length > 0) send(session, { type: "knocks", items });
  };

  const after: Batches["after"] = (connection, room, type, n, release) => {
    if (room.pending) items.push({ connection, room, type, n, releases: [release] });
    else perform(connection, room, release);
  };

  return {
    accept(connection, room, type, n, outcome) {
      write(room, outcome.writes);
      room.state = outcome.state;
      if (outcome.blobs) room.blobs = withChanges(room.blobs, outcome.blobs);
      if (outcome.vigils) room.vigils = withVigils(room.vigils, outcome.vigils);
      if (outcome.record) {
        room.fresh.push(outcome.record);
        writes.push({ kind: "record", line: room.line, record: outcome.record });
        if (++room.unsaved >= limits.tail) saves.add(room);
      }
      if (outcome.saveLine) saves.add(room);
      items.push({ connection, room, type, n, releases: outcome.effects });
    },
    acceptFor(caller) {
      const { room, outcome } = caller;
      write(room, outcome.writes);
      if (outcome.vigils) room.vigils = withVigils(room.vigils, outcome.vigils);
      callers.push(caller);
    },
    after,
    lookUp(connection, room, asker, what) {
      if (room.pending && what.kind !== "ask") {
        connection.asked ??= [];
        if (connection.asked.includes(what.kind)) return;
        connection.asked.push(what.kind);
      }
      after(connection, room, what.kind, 0, { kind: "look-up", asker, what });
    },
    save,
    write,
    verifier(hash) {
      const claimed = claims.get(hash);
      return claimed ? ok(claimed) : log.verifier(hash);
    },
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
