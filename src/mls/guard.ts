/**
 * What bytes from outside go through before ts-mls acts on them.
 *
 * ts-mls 1.6.4 is lenient in decoding (trailing bytes, long lengths), accepts any credential, does not check lifetimes
 * on receipt, and walks trees by indices a peer chose. So everything is decoded here first, must encode to the very
 * same bytes again, and is checked field by field; the library only ever sees what passed.
 *
 * The checks are written one under the other and throw; `guarded` (rules.ts) turns that, and whatever the library
 * throws on bytes it did not expect, into a value.
 */
import {
  decodeMlsMessage,
  encodeMlsMessage,
  type CiphersuiteImpl,
  type ClientState,
  type KeyPackage,
  type LeafNode,
  type MLSMessage,
  type PrivateMessage,
  type RatchetTree,
  type Welcome,
} from "ts-mls";
import { verifyKeyPackage } from "ts-mls/keyPackage.js";
import { verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import type { Millis } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { Member } from "../ports/sealer.ts";
import type { MemberReader } from "./credential.ts";
import { check, checkBond, checkUntil, devicesPerPerson, guarded, type Members, type Persons } from "./rules.ts";
import { hpkeKeyLength, suiteName } from "./suite.ts";

/** Nothing longer is parsed. */
export const inputCap = 65_536;

/**
 * Ours are 2779 bytes, or 3473 with the longest chain of certificates. Bounds the tree, so that a welcome of eight
 * devices fits the largest bucket.
 */
export const keyPackageCap = 4096;

/** Nodes of a tree of eight leaves. */
const treeCap = 2 * (2 * devicesPerPerson) - 1;

/** The value that encodes to exactly these bytes. */
export const decodeExactly = <T>(
  decode: (bytes: Uint8Array, offset: number) => [T, number] | undefined,
  encode: (value: T) => Uint8Array,
  bytes: Uint8Array,
): T => {
  const decoded = decode(bytes, 0);
  check(decoded !== undefined, "does not decode");
  check(equalBytes(encode(decoded[0]), bytes), "not in its one encoding");
  return decoded[0];
};

const readMessage = (bytes: Uint8Array, cap: number): MLSMessage => {
  check(bytes.length <= cap, "too long");
  return decodeExactly(decodeMlsMessage, encodeMlsMessage, bytes);
};

export interface Expected {
  readonly contentType: "application" | "commit";
  readonly groupId: Uint8Array;
  readonly epoch: bigint;
  readonly aad: Uint8Array;
}

/** A private message of this group, this epoch and this kind (RFC 9420 section 6.3). */
export const readPrivateMessage = (bytes: Uint8Array, expected: Expected): PrivateMessage => {
  const message = readMessage(bytes, inputCap);
  check(message.wireformat === "mls_private_message", "not a private message");
  const { privateMessage } = message;
  check(equalBytes(privateMessage.groupId, expected.groupId), "other group");
  check(privateMessage.epoch === expected.epoch, "other epoch");
  check(privateMessage.contentType === expected.contentType, "other content type");
  check(equalBytes(privateMessage.authenticatedData, expected.aad), "other authenticated data");
  check(privateMessage.encryptedSenderData.length === 12 + 16, "sender data of another length");
  return privateMessage;
};

export const readWelcome = (bytes: Uint8Array): Welcome => {
  const message = readMessage(bytes, inputCap);
  check(message.wireformat === "mls_welcome", "not a welcome");
  check(message.welcome.cipherSuite === suiteName, "other cipher suite");
  check(message.welcome.secrets.length < 2 * devicesPerPerson, "a welcome to too many");
  return message.welcome;
};

export const readKeyPackage = (bytes: Uint8Array): KeyPackage => {
  const message = readMessage(bytes, keyPackageCap);
  check(message.wireformat === "mls_key_package", "not a key package");
  return message.keyPackage;
};

/**
 * Who a key package proves to be (RFC 9420 section 10.1). Its lifetime is not looked at: see `checkLifetime`.
 */
export const checkKeyPackage = async (keyPackage: KeyPackage, read: MemberReader, suite: CiphersuiteImpl): Promise<Member> => {
  const { leafNode } = keyPackage;
  check(keyPackage.cipherSuite === suiteName, "other cipher suite");
  check(keyPackage.extensions.length === 0, "key package extensions");
  invariant(leafNode.leafNodeSource === "key_package", "a key package with another leaf");
  const member = checkLeaf(leafNode, read);
  check(!equalBytes(keyPackage.initKey, leafNode.hpkePublicKey), "one key for two uses");
  check(await verifyLeafNodeSignatureKeyPackage(leafNode, suite.signature), "leaf not signed by its device");
  check(await verifyKeyPackage(keyPackage, suite.signature), "key package not signed by its device");
  await checkUsable(keyPackage.initKey, suite);
  await checkUsable(leafNode.hpkePublicKey, suite);
  return member;
};

/**
 * The lifetime of a key package, when this device is about to let it in. A receiver of the commit does not look at the
 * clock again: a device that was away, or whose clock is wrong, would refuse what the others took and fall out of the
 * group (RFC 9420 section 7.3 asks the sender for this check).
 * `not_before` is always 0, so that a package does not tell when it was made; the end says how long it may live.
 * (When it makes a commit the library looks at the machine's clock as well, which nobody can inject; without a beginning
 * a lifetime by a clock that a test has moved ahead still passes there.)
 */
export const checkLifetime = (keyPackage: KeyPackage, now: Millis, grace?: Millis): void => {
  const { leafNode } = keyPackage;
  invariant(leafNode.leafNodeSource === "key_package", "a key package with another leaf");
  check(leafNode.lifetime.notBefore === 0n, "lifetime with a beginning");
  checkUntil(Number(leafNode.lifetime.notAfter) * 1000, now, grace);
};

/** What every leaf must be, whoever sent it (RFC 9420 section 7.3). */
export const checkLeaf = (leaf: LeafNode, read: MemberReader): Member => {
  const member = read(leaf);
  check(member !== undefined, "no certificate of this line for its key");
  check(leaf.extensions.length === 0, "leaf extensions");
  check(leaf.hpkePublicKey.length === hpkeKeyLength, "encryption key of another length");
  const { versions, ciphersuites, credentials } = leaf.capabilities;
  check(versions.includes("mls10") && ciphersuites.includes(suiteName) && credentials.includes("basic"), "cannot do what the group needs");
  return member;
};

/**
 * A key that nobody can encrypt to would, once in the tree, make every later commit of the other side fail.
 * ML-KEM and X25519 have such keys, and only trying tells (FIPS 203 section 7.2).
 */
export const checkUsable = async (key: Uint8Array, suite: CiphersuiteImpl): Promise<void> => {
  check(key.length === hpkeKeyLength, "encryption key of another length");
  const sealed = await guarded(async () => suite.hpke.seal(await suite.hpke.importPublicKey(key), new Uint8Array(), new Uint8Array()));
  check(sealed.ok, "encryption key that cannot be used");
};

/**
 * The private keys a path gave this device open what is sealed to the keys that are in the tree (RFC 9420 section 7.6).
 * The library does not look; a path whose two halves differ would be noticed only at a later, honest change, and that
 * one's author would seem to be at fault.
 */
export const checkPath = async (state: ClientState, before: ClientState | undefined, suite: CiphersuiteImpl): Promise<void> => {
  for (const [index, key] of Object.entries(state.privatePath.privateKeys)) {
    const was = before?.privatePath.privateKeys[Number(index)];
    const node = state.ratchetTree[Number(index)];
    if (node === undefined || (was !== undefined && equalBytes(was, key))) continue;
    const to = node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey;
    const { enc, ct } = await suite.hpke.seal(await suite.hpke.importPublicKey(to), new Uint8Array(), new Uint8Array());
    const opened = await guarded(async () => suite.hpke.open(await suite.hpke.importPrivateKey(key), enc, ct, new Uint8Array()));
    check(opened.ok, "path keys that do not belong to its secrets");
  }
};

/**
 * A whole tree: its shape, every leaf, and the rule of two (BOUND2). Bounds every index in it, because tree walks of
 * the library do not end for an index outside the tree.
 */
export const checkTree = (tree: RatchetTree, read: MemberReader, persons: Persons): Members => {
  check(tree.length <= treeCap && (tree.length & (tree.length + 1)) === 0, "tree of another shape");
  const leaves = (tree.length + 1) / 2;
  const members: (Member | undefined)[] = Array.from({ length: leaves });
  const keys: Uint8Array[] = [];
  for (const [index, node] of tree.entries()) {
    if (node === undefined) continue;
    check((node.nodeType === "leaf") === (index % 2 === 0), "node of another kind");
    if (node.nodeType === "leaf") {
      check(node.leaf.leafNodeSource !== "update", "leaf of another source");
      members[index / 2] = checkLeaf(node.leaf, read);
      keys.push(node.leaf.hpkePublicKey);
      continue;
    }
    const { hpkePublicKey, unmergedLeaves } = node.parent;
    check(hpkePublicKey.length === hpkeKeyLength, "encryption key of another length");
    keys.push(hpkePublicKey);
    for (const [at, leaf] of unmergedLeaves.entries()) {
      check(leaf < leaves && tree[leaf * 2] !== undefined, "unmerged leaf outside the tree");
      check(at === 0 || leaf > (unmergedLeaves[at - 1] as number), "unmerged leaves out of order");
    }
  }
  check(new Set(keys.map(toHex)).size === keys.length, "one encryption key twice");
  checkBond(members, persons);
  return members;
};
