/**
 * The seal of one bond on one device (MLS, RFC 9420): what only the two people's devices can open.
 *
 * Invariants every implementation keeps (see src/testing/sealer-contract.ts):
 * - One writer: calls on one Sealer never overlap. The caller awaits each.
 * - Every call that moves the key schedule returns `state`. The caller saves `state` durably *before* any bytes
 *   of the same call leave the device. A Sealer restored from a saved `state` goes on exactly there.
 * - Nothing a peer or relay sends throws: it comes back as `malformed`, and leaves the state as it was.
 * - Members are only devices whose certificate leads to one of the two pinned person keys.
 */
import type { Plain, Sealed } from "../base/brand.ts";
import type { Result } from "../base/result.ts";
import type { Secret } from "../base/secret.ts";

/** Opaque, secret, self-contained group state: written to the Store, wrapped by the edge. */
export type SealerState = Uint8Array;

export interface DeviceIdentity {
  /** The certificate (src/protocol/certificate.ts) that binds `deviceKey` to a person key on this line. */
  readonly certificate: Uint8Array;
  /** Ed25519 seed, 32 bytes: also the MLS signature key of this device. */
  readonly deviceSeed: Secret;
}

/** A member device as its credential proves it. */
export interface Member {
  /** Ed25519 public key, 32 bytes. */
  readonly person: Uint8Array;
  /** Ed25519 public key, 32 bytes. */
  readonly device: Uint8Array;
  /** The device of the same person that certified it; null when the person key did (DEV1). */
  readonly by: Uint8Array | null;
}

/** The reason a group is refused for holding someone else than the pinned two. */
export const notPinned = "a person not pinned";

/** Why bytes from outside were refused; for counters and tests, never shown to people as is. */
export interface Malformed {
  readonly reason: string;
}

export interface Incoming {
  readonly kind: "entry" | "change";
  readonly body: Sealed;
  /** Must equal the authenticated data under which the author sealed (entries only). */
  readonly aad: Uint8Array;
}

export type Received =
  | { readonly kind: "entry"; readonly plain: Plain; readonly from: Member }
  | { readonly kind: "change"; readonly epoch: number; readonly added: readonly Member[]; readonly removed: readonly Member[]; readonly from: Member }
  /** My own change, recognised by its bytes: the pending state is now the state. */
  | { readonly kind: "own-change"; readonly epoch: number; readonly added: readonly Member[]; readonly removed: readonly Member[] }
  | { readonly kind: "malformed"; readonly reason: string };

export interface Sealer {
  /** Current epoch of the group, from 0. */
  epoch(): number;
  members(): readonly Member[];
  /** Encrypts and signs; the sealed length is exactly the smallest bucket that holds it. Errors when over the largest bucket. */
  seal(plain: Plain, aad: Uint8Array): Promise<Result<{ readonly body: Sealed; readonly state: SealerState }, "too-large">>;
  /** In log order. A malformed item is passed over; the rest go on. */
  receive(items: readonly Incoming[]): Promise<{ readonly results: readonly Received[]; readonly state: SealerState }>;
  /**
   * Prepares the commit that lets devices in (by key package) and out (by device key); it takes effect only when its own
   * bytes come back through `receive`. Replaces an earlier pending commit. Without `add` there is no welcome; without
   * both it renews this device's keys. Where the other person is not pinned yet (an inviter), the key package's person
   * becomes the pin. A device that another one certified is added by that one alone (DEV1).
   */
  change(what: {
    readonly add: readonly Uint8Array[];
    readonly remove: readonly Uint8Array[];
  }): Promise<Result<{ readonly commit: Sealed; readonly welcome: Sealed | null; readonly state: SealerState }, Malformed>>;
  /** Exporter secret of the current epoch (RFC 9420 section 8.5), 32 bytes: the root of live frame keys. */
  exportSecret(label: string, context: Uint8Array): Promise<Secret>;
}

/**
 * The two person keys (Ed25519 public, 32 bytes each) a group may hold; `other` is unknown to the inviter until it
 * accepts. A joiner knows only `otherHash`, the SHA-256 of the inviter's key from the link, until it joined.
 */
export interface Pins {
  readonly line: Uint8Array;
  readonly me: Uint8Array;
  readonly other: Uint8Array | undefined;
  readonly otherHash?: Uint8Array;
}

/** Who may be in a group made anew, by device key. */
export interface Among {
  readonly on: readonly Uint8Array[];
  /** Only the relay says that these are on the line: believed of those only that one of these certified. */
  readonly told: readonly Uint8Array[];
  /** Removed once: in no group any more, whoever certified them. */
  readonly gone: readonly Uint8Array[];
}

export interface Sealers {
  /** A new group at epoch 0 whose only member is this device; its group id is the line id. */
  found(identity: DeviceIdentity, pins: Pins): Promise<{ readonly sealer: Sealer; readonly state: SealerState }>;
  /**
   * A key package for joining, and the private half to keep until the welcome comes. One left at the relay (the last
   * resort) opens every welcome made with it: whoever joined throws the private half away and leaves a new package.
   */
  keyPackage(identity: DeviceIdentity, pins: Pins): Promise<{ readonly keyPackage: Uint8Array; readonly state: Uint8Array }>;
  /** Who a key package claims and proves to be, before it is let in. */
  inspect(keyPackage: Uint8Array, line: Uint8Array): Promise<Result<Member, Malformed>>;
  /**
   * A group of the same line made anew: this device and those of the key packages; packages that do not pass are left
   * out, and someone else must be left. Its epoch is 1. Nothing of it is in force until the caller restores a Sealer
   * from `state`.
   */
  refound(
    identity: DeviceIdentity,
    pins: Pins,
    packages: readonly Uint8Array[],
  ): Promise<Result<{ readonly welcome: Sealed; readonly state: SealerState; readonly members: readonly Member[] }, Malformed>>;
  /**
   * Joins by welcome; refuses a group whose members lead to anyone but the pinned two (one may be pinned by hash), or
   * whose id is not the line. With `among` it is a group made anew: a device of either person may have
   * made it, and it holds none but those that are `on` the line, and such as the person key itself certified (who came
   * back by the twelve words) that are not `gone`.
   */
  join(pending: Uint8Array, welcome: Sealed, pins: Pins, among?: Among): Promise<Result<{ readonly sealer: Sealer; readonly state: SealerState }, Malformed>>;
  /** Resumes from a saved state. `pins.other` must be set as soon as it is known. */
  restore(state: SealerState, pins: Pins): Promise<Result<Sealer, Malformed>>;
  /** Public key of a box (HPKE base mode, RFC 9180, in the group's suite) from a 32-byte seed: 1216 bytes. */
  boxKey(seed: Secret): Promise<Uint8Array>;
  /** 1136 bytes longer than `plain`. Malformed when nobody can encrypt to `key`. `info` must be the same for opening. */
  sealBox(key: Uint8Array, plain: Uint8Array, info: string): Promise<Result<Uint8Array, Malformed>>;
  openBox(seed: Secret, box: Uint8Array, info: string): Promise<Result<Uint8Array, Malformed>>;
}
