/**
 * Saved group state: complete, self-contained, secret.
 *
 * A group is saved after every message, and all but its message keys stay the same for a whole epoch. So that part is
 * encoded once per epoch and kept, and a save is a copy. Layout: version 1, then four chunks, each after its u32 length:
 * the epoch's part, the message keys, and of a pending change the hash of its sealed bytes and its state (the same
 * three chunks, nested), or two empty chunks.
 *
 * No keys of past epochs are in a state, nor message keys of blank leaves and inner nodes, which nobody may use, nor
 * private keys of nodes that a removal has blanked.
 */
import { decodeGroupState, encodeGroupState, type ClientState, type RatchetTree, type SecretTree } from "ts-mls";
import { defaultClientConfig } from "ts-mls/clientConfig.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { decodeSecretTree, secretTreeEncoder } from "ts-mls/secretTree.js";
import { concat, u32 } from "../base/bytes.ts";
import { decodeExactly } from "./guard.ts";
import { check } from "./rules.ts";

/**
 * How many messages of one device may be missing before its next one. Some always are: entries sealed ahead and never
 * sent, and what a device skipped that came back by a snapshot. A step costs some 20 microseconds, so the bound is
 * what a hostile member can make a device work for one entry.
 */
export const forwardLimit = 256;

export const clientConfig: ClientState["clientConfig"] = {
  ...defaultClientConfig,
  keyRetentionConfig: { retainKeysForGenerations: 0, retainKeysForEpochs: 0, maximumForwardRatchetSteps: forwardLimit },
  paddingConfig: { kind: "padUntilLength", padUntilLength: 0 },
  // Replaced by one that knows the line and its persons; nobody passes here.
  authService: { validateCredential: async () => false },
};

/** A group at one epoch, with the encoding of what stays the same in it. */
export interface Group {
  readonly state: ClientState;
  readonly fixed: Uint8Array;
}

/** A change of my own that waits for its bytes to come back. */
export interface Pending {
  /** SHA-256 of the sealed bytes. */
  readonly hash: Uint8Array;
  readonly group: Group;
}

/** Takes over a new epoch, without anything that only past epochs needed. */
export const enterEpoch = (state: ClientState): Group => {
  const kept: ClientState = {
    ...state,
    privatePath: { ...state.privatePath, privateKeys: keysInTree(state) },
    secretTree: onlyLeaves(state.secretTree, state.ratchetTree),
    // With retainKeysForEpochs 0 the library keeps every past epoch (it takes the last 0 by `slice(-0)`).
    historicalReceiverData: new Map(),
    unappliedProposals: {},
    clientConfig,
  };
  return { state: kept, fixed: encodeGroupState({ ...kept, secretTree: [] }) };
};

/** The same epoch with message keys that moved on. */
export const withKeys = (group: Group, secretTree: SecretTree): Group => ({ ...group, state: { ...group.state, secretTree } });

export const encodeState = (group: Group, pending: Pending | undefined): Uint8Array =>
  concat(
    new Uint8Array([1]),
    chunk(group.fixed),
    chunk(encodeKeys(group.state.secretTree)),
    chunk(pending?.hash ?? new Uint8Array()),
    chunk(pending === undefined ? new Uint8Array() : concat(chunk(pending.group.fixed), chunk(encodeKeys(pending.group.state.secretTree)))),
  );

/** Throws inside `guarded` on bytes that `encodeState` would not have written. */
export const decodeState = (bytes: Uint8Array): { readonly group: Group; readonly pending: Pending | undefined } => {
  check(bytes[0] === 1, "state of another version");
  // Used-up keys are overwritten in place; the caller's bytes stay as they are. (`slice` of a Buffer would share them.)
  const [fixed, keys, hash, nested] = chunks(new Uint8Array(bytes).subarray(1), 4) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const group = decodeGroup(fixed, keys);
  if (hash.length === 0 && nested.length === 0) return { group, pending: undefined };
  const [nestedFixed, nestedKeys] = chunks(nested, 2) as [Uint8Array, Uint8Array];
  check(hash.length === 32, "hash of another length");
  return { group, pending: { hash, group: decodeGroup(nestedFixed, nestedKeys) } };
};

const encodeKeys = encode(secretTreeEncoder);

const decodeGroup = (fixed: Uint8Array, keys: Uint8Array): Group => {
  const state = decodeExactly(decodeGroupState, encodeGroupState, fixed);
  return { state: { ...state, secretTree: decodeExactly(decodeSecretTree, encodeKeys, keys), clientConfig }, fixed };
};

/** The library keeps the private keys of inner nodes that are blank by now. */
const keysInTree = ({ privatePath, ratchetTree }: ClientState): Record<number, Uint8Array> =>
  Object.fromEntries(Object.entries(privatePath.privateKeys).filter(([index]) => ratchetTree[Number(index)] !== undefined));

const onlyLeaves = (secretTree: SecretTree, ratchetTree: RatchetTree): SecretTree =>
  secretTree.map((node, index) => (ratchetTree[index]?.nodeType === "leaf" ? node : { handshake: noKey, application: noKey }));

const noKey = { secret: new Uint8Array(), generation: 0, unusedGenerations: {} };

/** Bytes after their u32 length. */
export const chunk = (bytes: Uint8Array): Uint8Array => concat(u32(bytes.length), bytes);

/** Exactly `count` chunks and nothing after them; checked, so inside `guarded`. */
export const chunks = (bytes: Uint8Array, count: number): Uint8Array[] => {
  const out: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let i = 0; i < count; i++) {
    check(at + 4 <= bytes.length, "state cut short");
    const end = at + 4 + view.getUint32(at);
    out.push(bytes.subarray(at + 4, end));
    at = end;
  }
  check(at === bytes.length, "bytes after the state");
  return out;
};
