/** What a decision comes to: data only. The relay core saves it first and does it afterwards. */
import type { Millis } from "../../base/brand.ts";
import type { Label } from "../../protocol/keys.ts";
import { frameTypes, type DeviceFrameName, type RefusalCode, type RelayFrame } from "../../protocol/frames.ts";
import type { LogRecord } from "../../protocol/chain.ts";
import type { Write } from "./log-port.ts";
import type { BlobChange } from "./shelf.ts";
import type { VigilChange, VigilId } from "./vigil.ts";
import type { Door, KeptRecord, KeyText, LineState, Side } from "./state.ts";

/** Signatures and hashes come from outside: node:crypto in the relay, noble in the simulator. */
export interface RelayCrypto {
  /** The relay's own Ed25519 public key, 32 bytes. */
  readonly relayKey: Uint8Array;
  sign(label: Label, message: Uint8Array): Uint8Array;
  /** `false` for any malformed key or signature; never throws. */
  verify(key: Uint8Array, label: Label, message: Uint8Array, signature: Uint8Array): boolean;
  sha256(bytes: Uint8Array): Uint8Array;
  /** Equal to `nextHead` of src/protocol/chain.ts. */
  nextHead(head: Uint8Array, record: LogRecord): Uint8Array;
}

/** What happens after the decision is durable. */
export type Effect =
  /** To the connection that asked. */
  | { readonly kind: "reply"; readonly frame: RelayFrame }
  /** These devices' sockets get `revoked` and are closed (LOG6). */
  | { readonly kind: "revoke"; readonly devices: readonly number[] }
  /** The one that asked waits at this door, and hears what becomes of it. */
  | { readonly kind: "wait-at-door"; readonly door: Door; readonly key: KeyText }
  /** The open devices of the side whose door it is are told who waits (DOOR3, DOOR7). */
  | { readonly kind: "tell-knocks"; readonly side: Side }
  /** Those who wait at a door hear who was let in (DOOR4, DOOR9). */
  | { readonly kind: "admit"; readonly door: Door; readonly keys: readonly KeyText[] }
  /** Those who wait at a door hear that it is closed (DOOR6). */
  | { readonly kind: "close-door"; readonly door: Door }
  /** To the one that waits at a door with this key, if it is there (DOOR8). */
  | { readonly kind: "answer-knocker"; readonly door: Door; readonly key: KeyText; readonly body: Uint8Array }
  /** The one that asked took its side back, and opens the line like any device (REC6). */
  | { readonly kind: "end-recovery" }
  /** All open devices of the line (DOOR5). */
  | { readonly kind: "tell-latecomer"; readonly at: Millis }
  /** To the one that asked: the vigil as it is now (VIG1); with `tell`, to all other devices that have the line open as well. */
  | { readonly kind: "receipt"; readonly re: DeviceFrameName; readonly ask: number; readonly done: boolean; readonly id: VigilId; readonly tell?: true }
  /** To all of them, where nobody on a socket asked. */
  | { readonly kind: "tell-receipt"; readonly id: VigilId }
  /** All sockets of the line get the certificate and are closed (CLOSE1). */
  | { readonly kind: "end"; readonly certificate: Uint8Array };

export type Outcome =
  | { readonly kind: "refuse"; readonly code: RefusalCode; readonly after: Millis }
  /** Nothing to save: an answer to the connection that asked. */
  | { readonly kind: "answer"; readonly frame: RelayFrame }
  /** The same, with what is looked up when it is said. */
  | { readonly kind: "tell"; readonly effect: Effect }
  /** This n was accepted before: the same ack again (LOG2), or `unless` it was from this device and is kept, that. */
  | { readonly kind: "repeat"; readonly n: number; readonly unless: "gap" | "stale" }
  /** `record` alone is saved as it is; `saveLine` says that the state has to be saved with it. */
  | {
      readonly kind: "accept";
      readonly state: LineState;
      readonly record: KeptRecord | undefined;
      readonly writes: readonly Write[];
      readonly saveLine: boolean;
      readonly blobs?: readonly BlobChange[];
      readonly vigils?: readonly VigilChange[];
      readonly effects: readonly Effect[];
    };

export type Accept = Extract<Outcome, { kind: "accept" }>;

export const refuse = (code: RefusalCode, after: Millis = 0): Outcome => ({ kind: "refuse", code, after });
export const done = (type: DeviceFrameName, at: Millis = 0): RelayFrame => ({ type: "done", re: frameTypes[type], at });
export const answer = (frame: RelayFrame): Outcome => ({ kind: "answer", frame });

/** The state moves, and the one that asked is told. */
export const settled = (state: LineState, frame: RelayFrame, writes: readonly Write[] = [], effects: readonly Effect[] = []): Accept => ({
  kind: "accept",
  state,
  record: undefined,
  writes,
  saveLine: true,
  effects: [...effects, { kind: "reply", frame }],
});
/** The state stays: only these writes, then the answer. */
export const written = (state: LineState, frame: RelayFrame, writes: readonly Write[], effects: readonly Effect[] = []): Accept => ({
  kind: "accept",
  state,
  record: undefined,
  writes,
  saveLine: false,
  effects: [...effects, { kind: "reply", frame }],
});
