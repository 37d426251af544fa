/**
 * Records on their way to open devices: at once to those that are level with the log, in pages from the log to those
 * that are behind (LINE4, LOG4, LIVE2).
 *
 * Invariants
 * - Only durable records are sent, each at most once per session, in log order.
 * - An author's own record is sent as its ack, in the same place; records from before its `opened` as entries.
 * - A session is level exactly when it was sent everything durable; only then new records go out without the log.
 */
import type { Connection, ConnectionId, Outlet } from "./connection.ts";
import { encodeAcked, encodeEntries } from "./hot-frames.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log-port.ts";
import type { Room } from "./room.ts";
import type { KeptRecord } from "./state.ts";
import { encodeFrame } from "../../protocol/frames.ts";

export interface Delivery {
  /** Records of a room that just became durable. */
  publish(room: Room, records: readonly KeptRecord[]): void;
  /** This session has to be served from the log. */
  follow(connection: Connection): void;
  forget(connection: Connection): void;
  /** The network took what was unsent. */
  drained(connection: Connection): void;
  /** One page to each session that is behind and can take it. */
  pump(): void;
  /** True while `pump` has something to do. */
  busy(): boolean;
}

export const createDelivery = (log: Log, outlet: Outlet, limits: Limits, close: (connection: Connection, why: "unavailable" | "behind") => void): Delivery => {
  /** Behind, and able to take more. */
  const ready = new Set<Connection>();
  /** Behind, with too much unsent. */
  const waiting = new Map<ConnectionId, Connection>();

  const fallBehind = (connection: Connection): void => {
    connection.level = false;
    if (outlet.unsent(connection.id) > limits.unsent) waiting.set(connection.id, connection);
    else ready.add(connection);
  };

  const page = (connection: Connection): void => {
    const { room } = connection;
    if (!room || connection.held) return void ready.delete(connection);
    if (connection.sent < room.durable) {
      // Cut off below a session that took nothing for a month: it has to open again and see the gap.
      if (room.state?.phase === "open" && connection.sent < room.state.baseSeq) return close(connection, "behind");
      const records = log.read(room.line, connection.sent, { items: limits.pageItems, bytes: limits.pageBytes });
      if (!records.ok) return close(connection, "unavailable");
      if (records.value[0]?.seq !== connection.sent + 1) return close(connection, "behind");
      sendRecords(connection, records.value);
    }
    if (connection.sent >= room.durable) {
      ready.delete(connection);
      connection.level = true;
      if (!connection.current) {
        connection.current = true;
        outlet.send(connection.id, encodeFrame({ type: "current", seq: connection.sent }));
      }
    } else if (outlet.unsent(connection.id) > limits.unsent) {
      ready.delete(connection);
      waiting.set(connection.id, connection);
    }
  };

  const sendRecords = (connection: Connection, records: readonly KeptRecord[]): void => {
    let run: KeptRecord[] = [];
    const flush = (): void => {
      for (const part of pages(run, limits)) outlet.send(connection.id, encodeEntries(part));
      run = [];
    };
    for (const record of records) {
      if (record.device !== connection.device) {
        run.push(record);
        continue;
      }
      if (record.seq <= connection.openedSeq) run.push(record);
      else {
        flush();
        outlet.send(connection.id, encodeAcked(record));
      }
      const again = connection.owed?.indexOf(record.n) ?? -1;
      if (again >= 0) {
        flush();
        outlet.send(connection.id, encodeAcked(record));
        connection.owed?.splice(again, 1);
      }
    }
    flush();
    connection.sent = records[records.length - 1]?.seq ?? connection.sent;
  };

  return {
    publish(room, records) {
      const [first] = records;
      const last = records[records.length - 1];
      if (!first || !last) return;
      let shared: Uint8Array[] | undefined;
      for (const session of room.sessions) {
        if (session.held) continue;
        if (!session.level || session.sent !== first.seq - 1 || outlet.unsent(session.id) > limits.unsent) {
          fallBehind(session);
        } else if (records.some(({ device }) => device === session.device)) {
          sendRecords(session, records);
        } else {
          shared ??= pages(records, limits).map(encodeEntries);
          for (const message of shared) outlet.send(session.id, message);
          session.sent = last.seq;
        }
      }
    },
    follow: fallBehind,
    forget(connection) {
      ready.delete(connection);
      waiting.delete(connection.id);
    },
    drained(connection) {
      if (waiting.delete(connection.id)) ready.add(connection);
    },
    pump() {
      for (const connection of ready) page(connection);
    },
    busy: () => ready.size > 0,
  };
};

/** Frames of at most `pageItems` records, and of `pageBytes` of bodies unless one body alone is larger. */
const pages = (records: readonly KeptRecord[], limits: Limits): readonly (readonly KeptRecord[])[] => {
  const out: KeptRecord[][] = [];
  let open: KeptRecord[] | undefined;
  let bytes = 0;
  for (const record of records) {
    if (!open || open.length >= limits.pageItems || bytes + record.body.length > limits.pageBytes) {
      open = [];
      bytes = 0;
      out.push(open);
    }
    open.push(record);
    bytes += record.body.length;
  }
  return out;
};
