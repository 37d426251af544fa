/** One socket as the core sees it. Kept small: a relay holds many thousands that say nothing for hours. */
import type { Millis } from "../../base/brand.ts";
import type { Bucket } from "./limits.ts";
import type { LookUp } from "./look-up.ts";
import type { Room } from "./room.ts";
import type { Door, KeyText, Side } from "./state.ts";

/** Chosen by the shell; never used again for another socket. */
export type ConnectionId = number;

/** Why the relay closes a socket. Only a hint to the other end: close codes prove nothing. */
export type Closing = "malformed" | "oversized" | "silent" | "replaced" | "revoked" | "ended" | "unavailable" | "behind";

/** What carries bytes to a socket: the shell, or the simulator's network. */
export interface Outlet {
  /** Queues the message; drops it silently when the socket is gone. */
  send(connection: ConnectionId, message: Uint8Array): void;
  /** After what was sent before. The core looks at no later message of it, and expects no `disconnected`. */
  close(connection: ConnectionId, why: Closing): void;
  /** Bytes queued and not yet taken by the network. */
  unsent(connection: ConnectionId): number;
  /** Stops reading the socket, or goes on. What was read before may still come; without this the core keeps whatever comes. */
  read?(connection: ConnectionId, on: boolean): void;
}

export interface Recovered {
  readonly room: Room;
  readonly side: Side;
  /** The verifier: good for as long as it is the side's. */
  readonly key: KeyText;
}

export interface Connection {
  readonly id: ConnectionId;
  readonly nonce: Uint8Array;
  /** The line it is open on. */
  room: Room | undefined;
  /** Its device there; -1 before. */
  device: number;
  /** The last record it was sent, as an entry or as an ack. */
  sent: number;
  /** Where the log stood at `opened`: own records up to there come as entries, later ones as acks. */
  openedSeq: number;
  /** `opened` waits for a commit: nothing may be sent before it. */
  held: boolean;
  /** Has everything durable: new records go out as they are committed. Else they are read from the log. */
  level: boolean;
  /** `current` was sent: live frames may come. */
  current: boolean;
  /** Own n's that were asked for again before their place in the log was reached. */
  owed: number[] | undefined;
  /** Messages of it that wait until what is unsent was taken (WIRE7); while there are any, its socket is not read. */
  unread: Uint8Array[] | undefined;
  /** It has to hear who knocks once it took what is unsent. */
  owedKnocks: boolean;
  /** The line at one of whose doors it waits, which one, and the key it knocked with. */
  door: Room | undefined;
  doorAt: Door;
  doorKey: KeyText | undefined;
  /** The side whose words it proved, in place of a session (REC4). */
  recovered: Recovered | undefined;
  /** Asked, and waits for a commit: asked again meanwhile, it is answered once. */
  asked: LookUp["kind"][] | undefined;
  live: Bucket | undefined;
  checks: Bucket | undefined;
  /** Monotonic time of its last message. */
  heard: Millis;
  /** Malformed frames in a row. */
  faults: number;
  /** Proofs that proved nothing, in all. */
  strangers: number;
  closed: boolean;
}

export const newConnection = (id: ConnectionId, nonce: Uint8Array, at: Millis): Connection => ({
  id,
  nonce,
  room: undefined,
  device: -1,
  sent: 0,
  openedSeq: 0,
  held: false,
  level: false,
  current: false,
  owed: undefined,
  unread: undefined,
  owedKnocks: false,
  door: undefined,
  doorAt: "pairing",
  doorKey: undefined,
  recovered: undefined,
  asked: undefined,
  live: undefined,
  checks: undefined,
  heard: at,
  faults: 0,
  strangers: 0,
  closed: false,
});
