/** What a decision comes to: data only. The relay core saves it first and does it afterwards. */
import type { Millis } from "../../base/brand.ts";
import type { Label } from "../../protocol/keys.ts";
import type { RefusalCode, RelayFrame } from "../../protocol/frames.ts";
import type { LogRecord } from "../../protocol/chain.ts";
import type { Write } from "./log-port.ts";
import type { KeptRecord, KeyText, LineState } from "./state.ts";

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
  /** The inviter's open devices are told who waits (DOOR3). */
  | { readonly kind: "tell-knocks" }
  /** Waiting knockers hear who was let in (DOOR4). */
  | { readonly kind: "admit"; readonly key: KeyText }
  /** All open devices of the line (DOOR5). */
  | { readonly kind: "tell-latecomer"; readonly at: Millis }
  /** All sockets of the line get the certificate and are closed (CLOSE1). */
  | { readonly kind: "end"; readonly certificate: Uint8Array };

export type Outcome =
  | { readonly kind: "refuse"; readonly code: RefusalCode; readonly after: Millis }
  /** Nothing to save: an answer to the connection that asked. */
  | { readonly kind: "answer"; readonly frame: RelayFrame }
  /** This n was accepted before: the same ack again (LOG2). */
  | { readonly kind: "repeat"; readonly n: number }
  /** `record` alone is saved as it is; `saveLine` says that the state has to be saved with it. */
  | {
      readonly kind: "accept";
      readonly state: LineState;
      readonly record: KeptRecord | undefined;
      readonly writes: readonly Write[];
      readonly saveLine: boolean;
      readonly effects: readonly Effect[];
    };

export const refuse = (code: RefusalCode, after: Millis = 0): Outcome => ({ kind: "refuse", code, after });
export const answer = (frame: RelayFrame): Outcome => ({ kind: "answer", frame });
