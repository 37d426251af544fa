/**
 * The relay, without sockets, disk or clock: messages of connections go in, messages to connections come out.
 *
 *   received() -> decide (pure) -> the batch -> commit(): one transaction -> replies, deliveries
 *
 * Invariants
 * - What depends on a decision leaves only after `commit` made it durable (LOG1). If the write fails, nothing of the
 *   batch happened: the lines are loaded again and each sender gets `unavailable`.
 * - Everything that concerns a line waits behind what already waits for it: one order per session.
 * - Live frames, pongs and pieces of blobs wait for nothing.
 * - A socket that does not take its answers is not read (WIRE7): what a connection holds in memory is bounded.
 * - A message never throws and never ends the relay, whatever it holds.
 */
import { exhaustive } from "../../base/exhaustive.ts";
import { encodeFrame, frameTypes, isDeviceFrame, type DeviceFrame, type FrameOf, type RefusalCode, type RelayFrame } from "../../protocol/frames.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { createAdmission, type Admission, type Replies } from "./admission.ts";
import { createBatches, type Batches } from "./batch.ts";
import { createBlobs, type Blobs } from "./blobs.ts";
import { newConnection, type Closing, type Connection, type ConnectionId, type Outlet } from "./connection.ts";
import { decideAccept, type CreatePolicy } from "./decide-door.ts";
import { decideEnd } from "./decide-end.ts";
import { decideAnswer, decideOffer, decidePackage, decideVouch } from "./decide-own.ts";
import { decideAppend, decideChange, moveCursor } from "./decide-records.ts";
import { decideRefound } from "./decide-refound.ts";
import { createDelivery, type Delivery } from "./delivery.ts";
import { decodeMessage, encodeLive } from "./hot-frames.ts";
import { defaultLimits, fullBucket, take, type Limits } from "./limits.ts";
import type { Log } from "./log-port.ts";
import type { Asker, LookUp } from "./look-up.ts";
import { refuse, type Outcome, type RelayCrypto } from "./outcome.ts";
import { createPace, type Pace } from "./pace.ts";
import { createProofs } from "./proofs.ts";
import { createReceipts } from "./receipts.ts";
import { createRecovery, openFor, type Recovery } from "./recovery.ts";
import { createRooms, removeFrom, type Room, type Rooms } from "./room.ts";
import type { MemberDevice, OpenLine } from "./state.ts";
import { newStats, type RelayStats } from "./stats.ts";
import { createSweep, type Sweep } from "./sweep.ts";
import { createFiring, createTime, type Firing, type RelayReport, type VigilHealth } from "./firing.ts";
import { createVigils, type KeepAnswer, type Vigils } from "./vigils.ts";

export interface RelayCoreOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly crypto: RelayCrypto;
  readonly random: Random;
  readonly outlet: Outlet;
  readonly policy?: CreatePolicy;
  readonly limits?: Partial<Limits>;
  /** True while the disk is nearly full: what is left of it is for what must go on (VIG13). */
  readonly scarce?: () => boolean;
  /** What somebody who runs the relay should know. */
  readonly report?: (report: RelayReport) => void;
}

export interface RelayCore {
  /** A socket is there: it gets its challenge. */
  connected(connection: ConnectionId): void;
  received(connection: ConnectionId, message: Uint8Array): void;
  /** The socket is gone. */
  disconnected(connection: ConnectionId): void;
  /** The network took what was unsent on this socket. */
  drained(connection: ConnectionId): void;
  /** Without a socket: whoever has the secret of a window keeps it (VIG7). Answered once it is durable; follow it with `commit`. */
  keep(secret: Uint8Array, answer: (is: KeepAnswer) => void): void;
  /** True when `commit` has something to do: a batch to write, or records for devices that are behind. */
  pending(): boolean;
  /** Writes the batch and lets go what waited for it. */
  commit(): void;
  /** About once a second: silent sockets, expiry in small steps, and what `scan` does. Follow it with `commit`. */
  tick(): void;
  /** Several times a second: what is due fires in the commits that follow. */
  scan(): void;
  /** From now on nothing fires: what is due waits for the next start. */
  stopFiring(): void;
  /** How the part is that must not fail. */
  vigils(): VigilHealth;
  readonly stats: RelayStats;
}

export const createRelayCore = (options: RelayCoreOptions): RelayCore => new Core(options);

class Core implements RelayCore {
  readonly stats: RelayStats = newStats();
  readonly #connections = new Map<ConnectionId, Connection>();
  readonly #clock: Clock;
  readonly #crypto: RelayCrypto;
  readonly #random: Random;
  readonly #outlet: Outlet;
  readonly #limits: Limits;
  readonly #log: Log;
  readonly #rooms: Rooms;
  readonly #delivery: Delivery;
  readonly #batches: Batches;
  readonly #sweep: Sweep;
  readonly #admission: Admission;
  readonly #recovery: Recovery;
  readonly #blobs: Blobs;
  readonly #vigils: Vigils;
  readonly #firing: Firing;
  readonly #scarce: () => boolean;
  readonly #pace: Pace;

  constructor({ log, clock, crypto, random, outlet, policy, limits, scarce, report }: RelayCoreOptions) {
    this.#scarce = scarce ?? (() => false);
    this.#clock = clock;
    this.#crypto = crypto;
    this.#random = random;
    this.#outlet = outlet;
    this.#limits = { ...defaultLimits, ...limits };
    this.#log = log;
    this.#rooms = createRooms(log);
    const close = (connection: Connection, why: Closing): void => this.#close(connection, why);
    this.#delivery = createDelivery(log, outlet, this.#limits, close);
    const kept = { log, clock, crypto, outlet, rooms: this.#rooms, delivery: this.#delivery, stats: this.stats, limits: this.#limits, close };
    const time = createTime(log, clock, this.#limits);
    const receipts = createReceipts({ log, crypto, limits: this.#limits, time });
    this.#batches = createBatches({ ...kept, receipts });
    this.#firing = createFiring({ ...kept, time, batches: this.#batches, report: report ?? (() => {}) });
    this.stats.blobBytes = log.blobBytes();
    const replies: Replies = {
      refuse: (...args) => this.#refuse(...args),
      settle: (...args) => this.#settle(...args),
      leaveDoor: (...args) => this.#leaveDoor(...args),
    };
    const parts = {
      ...replies,
      log,
      rooms: this.#rooms,
      batches: this.#batches,
      clock,
      crypto,
      limits: this.#limits,
      proofs: createProofs(crypto, this.#limits, (...args) => this.#batches.closing(...args)),
    };
    this.#blobs = createBlobs(parts);
    this.#vigils = createVigils({ ...parts, time });
    this.#pace = createPace(this.#limits);
    this.#sweep = createSweep({ ...parts, blobs: this.#blobs, stats: this.stats });
    this.#recovery = createRecovery(parts);
    this.#admission = createAdmission({
      ...parts,
      policy: policy ?? { kind: "open" },
      close: (...args) => this.#close(...args),
    });
  }

  connected(id: ConnectionId): void {
    const connection = newConnection(id, this.#random(32), this.#clock.monotonic());
    this.#connections.set(id, connection);
    this.stats.connections = this.#connections.size;
    this.#send(connection, { type: "challenge", nonce: connection.nonce, relay: this.#crypto.relayKey, now: this.#clock.now() });
  }

  received(id: ConnectionId, message: Uint8Array): void {
    const connection = this.#connections.get(id);
    if (!connection) return;
    connection.heard = this.#clock.monotonic();
    if (connection.unread) return void connection.unread.push(message);
    if (!this.#full(connection)) return this.#read(connection, message);
    connection.unread = [message];
    this.#outlet.read?.(id, false);
  }

  #full(connection: Connection): boolean {
    return this.#outlet.unsent(connection.id) > this.#limits.unsent;
  }

  #read(connection: Connection, message: Uint8Array): void {
    this.stats.received++;
    const decoded = decodeMessage(message);
    if (!decoded.ok) return this.#fault(connection, decoded.error.code);
    if (!isDeviceFrame(decoded.value)) return this.#fault(connection, "malformed");
    connection.faults = 0;
    this.#handle(connection, decoded.value);
  }

  disconnected(id: ConnectionId): void {
    const connection = this.#connections.get(id);
    if (connection) this.#detach(connection);
  }

  drained(id: ConnectionId): void {
    const connection = this.#connections.get(id);
    if (!connection) return;
    // Its own frames first: a long catch-up fills the socket again at once.
    this.#readOn(connection);
    if (connection.closed) return;
    this.#batches.drained(connection);
    this.#delivery.drained(connection);
  }

  #readOn(connection: Connection): void {
    const { unread } = connection;
    if (!unread) return;
    for (const [at, message] of unread.entries()) {
      if (this.#full(connection)) return void (connection.unread = unread.slice(at));
      this.#read(connection, message);
      if (connection.closed) return;
    }
    connection.unread = undefined;
    this.#outlet.read?.(connection.id, true);
  }

  pending(): boolean {
    return this.#batches.pending() || this.#delivery.busy() || this.#firing.pending();
  }

  commit(): void {
    this.#batches.commit();
    this.#firing.step();
    this.#delivery.pump();
  }

  tick(): void {
    const silent = this.#clock.monotonic() - this.#limits.silence;
    for (const connection of this.#connections.values()) if (connection.heard < silent) this.#close(connection, "silent");
    this.#sweep.step();
    this.#pace.sweep(this.#clock.monotonic());
    this.scan();
  }

  scan(): void {
    this.#firing.scan();
  }

  stopFiring(): void {
    this.#firing.stop();
  }

  vigils(): VigilHealth {
    return this.#firing.health();
  }

  keep(secret: Uint8Array, answer: (is: KeepAnswer) => void): void {
    this.#vigils.keep(secret, answer);
  }

  #handle(connection: Connection, frame: DeviceFrame): void {
    if (growing.has(frame.type) && this.#scarce()) return this.#refuse(connection, connection.room, frame.type, numberOf(frame), "unavailable");
    switch (frame.type) {
      case "ping":
        return this.#send(connection, { type: "pong", now: this.#clock.now() });
      case "create":
        return this.#admission.create(connection, frame);
      case "open":
        return this.#admission.open(connection, frame);
      case "knock":
        return this.#admission.knock(connection, frame);
      case "append":
        return this.#inSession(connection, frame.type, frame.n, (state, member) => this.#append(state, member, frame));
      case "change":
        return this.#inSession(connection, frame.type, frame.n, (state, member) =>
          decideChange(state, member, frame, this.#clock.now(), this.#limits, this.#crypto),
        );
      case "accept":
        return this.#inSession(connection, frame.type, frame.n, (state, member) =>
          decideAccept(state, member, frame, this.#clock.now(), this.#limits, this.#crypto),
        );
      case "refound":
        return this.#inSession(connection, frame.type, frame.n, (state, member) =>
          decideRefound(state, member, frame, this.#clock.now(), this.#limits, this.#crypto),
        );
      case "offer":
        return this.#inSession(connection, frame.type, 0, (state, member) => decideOffer(state, member, frame, this.#clock.now(), this.#limits));
      case "answer":
        return this.#inSession(connection, frame.type, 0, (state, member) => decideAnswer(state, member, frame));
      case "package":
        return this.#inSession(connection, frame.type, 0, (state, member) => decidePackage(state, member, frame));
      case "vouch":
        return this.#inSession(connection, frame.type, 0, (state, member) => decideVouch(state, member, frame, this.#clock.now(), this.#limits));
      case "verifier":
        return this.#inSession(connection, frame.type, 0, (state, member) => this.#recovery.verifier(connection, state, member, frame));
      case "recover":
        return this.#recovery.recover(connection, frame);
      case "reclaim":
        return this.#recovery.reclaim(connection, frame);
      case "put":
      case "keep":
      case "drop":
        return this.#inSession(connection, frame.type, frame.type === "put" ? frame.index : 0, (state, member, room) =>
          this.#blobs.write(room, state, member, frame),
        );
      case "arm":
      case "renew":
      case "refresh":
      case "lift":
      case "show":
        return this.#inSession(connection, frame.type, frame.ask, (state, member, room) => this.#vigils.write(room, state, member, frame));
      case "check":
        return this.#check(connection);
      case "get":
        return this.#get(connection, frame);
      case "packages":
      case "archive":
        return this.#lookUp(connection, { kind: frame.type });
      case "ask":
        return this.#lookUp(connection, { kind: "ask", id: frame.id.slice() });
      case "end":
        return this.#inSession(connection, frame.type, 0, (state) => decideEnd(state, frame, this.#clock.now(), this.#crypto));
      case "live":
        return this.#live(connection, frame);
      case "cursor":
        return this.#cursor(connection, frame);
      default:
        return exhaustive(frame);
    }
  }

  #inSession(connection: Connection, type: DeviceFrame["type"], n: number, decide: (state: OpenLine, member: MemberDevice, room: Room) => Outcome): void {
    const { room } = connection;
    if (!room) return this.#refuse(connection, undefined, type, n, "forbidden");
    // Only while the end waits for its commit: afterwards all sessions are closed.
    if (room.state?.phase !== "open") return this.#refuse(connection, room, type, n, "forbidden");
    const member = room.state.members[connection.device];
    if (!member || member.revoked) return this.#refuse(connection, room, type, n, "revoked");
    this.#settle(connection, room, type, n, decide(room.state, member, room));
  }

  /** What would be taken costs its side some of its share; what would not be costs nothing (LOG11). */
  #append(state: OpenLine, member: MemberDevice, frame: FrameOf<"append">): Outcome {
    const outcome = decideAppend(state, member, frame, this.#clock.now(), this.#limits, this.#crypto);
    if (outcome.kind !== "accept") return outcome;
    const wait = this.#pace.append(state.line, member.side, frame.body.length, this.#clock.monotonic());
    return wait === 0 ? outcome : refuse("busy", this.#clock.now() + wait);
  }

  /** Who may read what its side has at the relay: a device in a session, or who proved the side's words (REC4). */
  #asker(connection: Connection): (Asker & { readonly room: Room }) | undefined {
    const { room, recovered } = connection;
    if (recovered && openFor(recovered)) return { room: recovered.room, side: recovered.side, device: -1 };
    const member = room?.state?.phase === "open" ? room.state.members[connection.device] : undefined;
    return room && member && !member.revoked ? { room, side: member.side, device: member.index } : undefined;
  }

  #lookUp(connection: Connection, what: LookUp): void {
    const asker = this.#asker(connection);
    // A recovered session has no upload of its own to ask after.
    if (!asker || (what.kind === "ask" && asker.device < 0)) return this.#refuse(connection, connection.room, what.kind, 0, "forbidden");
    this.#batches.lookUp(connection, asker.room, asker, what);
  }

  #check(connection: Connection): void {
    const at = this.#clock.monotonic();
    connection.checks ??= fullBucket(this.#limits.checks, at);
    const wait = take(connection.checks, this.#limits.checks, at);
    if (!connection.room && !connection.recovered) return this.#refuse(connection, undefined, "check", 0, "forbidden");
    if (wait > 0) return this.#refuse(connection, connection.room, "check", 0, "busy", this.#clock.now() + wait);
    this.#lookUp(connection, { kind: "check" });
  }

  #get(connection: Connection, frame: FrameOf<"get">): void {
    const asker = connection.held ? undefined : this.#asker(connection);
    if (!asker) return this.#refuse(connection, undefined, "get", frame.index, "forbidden");
    const piece = this.#blobs.piece(asker.room, frame);
    if (piece.ok && piece.value) return this.#send(connection, piece.value);
    this.#refuse(connection, undefined, "get", frame.index, piece.ok ? "unknown" : "unavailable");
  }

  #settle(connection: Connection, room: Room, type: DeviceFrame["type"], n: number, outcome: Outcome): void {
    switch (outcome.kind) {
      case "refuse":
        return this.#refuse(connection, room, type, n, outcome.code, outcome.after);
      case "answer":
        return this.#batches.after(connection, room, type, n, { kind: "reply", frame: outcome.frame });
      case "tell":
        return this.#batches.after(connection, room, type, n, outcome.effect);
      case "repeat":
        return this.#repeat(connection, room, type, outcome);
      case "accept":
        this.stats.accepted++;
        if (type === "refound") this.stats.refounds++;
        if (type === "reclaim") this.stats.reclaims++;
        return this.#batches.accept(connection, room, type, n, outcome);
      default:
        return exhaustive(outcome);
    }
  }

  /** The same ack again, and never before its place in the log was reached: a device checks heads as they come. */
  #repeat(connection: Connection, room: Room, type: DeviceFrame["type"], { n, unless }: Extract<Outcome, { kind: "repeat" }>): void {
    const known = room.fresh.some((record) => record.device === connection.device && record.n === n);
    const found = known ? undefined : this.#log.acceptance(room.line, connection.device, n);
    if (found && !found.ok) return this.#refuse(connection, room, type, n, "unavailable");
    if (found && !found.value) return this.#refuse(connection, room, type, n, unless);
    if (found?.value && found.value.seq <= connection.sent) {
      return this.#batches.after(connection, room, type, n, { kind: "reply", frame: { type: "acked", n, ...found.value } });
    }
    connection.owed ??= [];
    if (!connection.owed.includes(n) && connection.owed.length < this.#limits.pageItems) connection.owed.push(n);
  }

  #live(connection: Connection, frame: FrameOf<"live">): void {
    const { room } = connection;
    if (!room || connection.held || room.state?.phase !== "open") return this.#refuse(connection, undefined, "live", 0, "forbidden");
    const at = this.#clock.monotonic();
    connection.live ??= fullBucket(this.#limits.live, at);
    if (take(connection.live, this.#limits.live, at) > 0) return;
    let message: Uint8Array | undefined;
    for (const other of room.sessions) {
      if (other === connection || !other.current || this.#outlet.unsent(other.id) > this.#limits.unsent) continue;
      message ??= encodeLive(connection.device, frame.body);
      this.#outlet.send(other.id, message);
      this.stats.forwarded++;
    }
  }

  #cursor(connection: Connection, frame: FrameOf<"cursor">): void {
    const { room } = connection;
    const member = room?.state?.phase === "open" ? room.state.members[connection.device] : undefined;
    if (!room || !member || room.state?.phase !== "open") return this.#refuse(connection, room, "cursor", 0, "forbidden");
    const moved = moveCursor(room.state, member, Math.min(frame.seq, connection.sent));
    if (moved === room.state) return;
    room.state = moved;
    this.#moved(room);
  }

  #moved(room: Room): void {
    room.moved = true;
    this.#sweep.touch(room);
  }

  #fault(connection: Connection, code: "malformed" | "version" | "unknown-type" | "oversized"): void {
    this.stats.malformed++;
    this.#send(connection, { type: "refused", re: 0, n: 0, code: code === "version" ? "version" : "malformed", after: 0 });
    if (code === "oversized") return this.#close(connection, "oversized");
    if (++connection.faults >= this.#limits.faultsInARow) this.#close(connection, "malformed");
  }

  #refuse(connection: Connection, room: Room | undefined, type: DeviceFrame["type"], n: number, code: RefusalCode, after = 0): void {
    this.stats.refused[code]++;
    const frame: RelayFrame = { type: "refused", re: frameTypes[type], n, code, after };
    if (room) this.#batches.after(connection, room, type, n, { kind: "reply", frame });
    else this.#send(connection, frame);
  }

  #send(connection: Connection, frame: RelayFrame): void {
    this.#outlet.send(connection.id, encodeFrame(frame));
  }

  #leaveDoor(connection: Connection, except?: Room): void {
    const { door } = connection;
    if (!door) return;
    removeFrom(door.knockers, connection);
    connection.door = undefined;
    if (door !== except) this.#rooms.release(door);
  }

  /** `keep`: a room the caller is still busy with. */
  #close(connection: Connection, why: Closing, keep?: Room): void {
    if (connection.closed) return;
    this.#detach(connection, keep);
    this.#outlet.close(connection.id, why);
  }

  #detach(connection: Connection, keep?: Room): void {
    connection.closed = true;
    connection.unread = undefined;
    this.#connections.delete(connection.id);
    this.stats.connections = this.#connections.size;
    this.#delivery.forget(connection);
    this.#leaveDoor(connection, keep);
    const { room, recovered } = connection;
    if (recovered) {
      connection.recovered = undefined;
      removeFrom(recovered.room.recovered, connection);
      if (recovered.room !== keep) this.#rooms.release(recovered.room);
    }
    if (!room) return;
    connection.room = undefined;
    removeFrom(room.sessions, connection);
    if (room === keep) return;
    // The last one out: cursors are worth saving before the line leaves memory.
    if (room.sessions.length === 0 && room.moved && room.state) this.#batches.save(room, []);
    this.#rooms.release(room);
  }
}

/** What makes the relay's disk fuller than it was, and can wait. */
const growing: ReadonlySet<DeviceFrame["type"]> = new Set(["create", "append", "knock", "put", "arm"]);

/** What an answer names, beside the type, of what it answers. */
const numberOf = (frame: DeviceFrame): number =>
  frame.type === "append" ? frame.n : frame.type === "put" ? frame.index : frame.type === "arm" ? frame.ask : 0;
