/**
 * The Sealers port over MLS (RFC 9420) by ts-mls. This folder is its only importer.
 *
 * From the port to the wire:
 * - an entry is an MLSMessage with an application PrivateMessage, padded by MLS itself to a bucket (padding.ts);
 * - a change is an MLSMessage with a commit PrivateMessage, in a frame; a welcome is an MLSMessage in a frame;
 * - a key package is an MLSMessage as it is.
 *
 * What is refused and why: rules SEAL1 to SEAL19 of docs/protocol.md.
 *
 * Needs WebCrypto, as every browser, worker and Node has it. Work on bytes from outside is bounded in size and never
 * throws, but a limit in time is the caller's: run it in a worker.
 */
import { createGroup, encodeMlsMessage, generateKeyPackageWithKey, type CiphersuiteImpl, type KeyPackage, type PrivateKeyPackage } from "ts-mls";
import type { Millis } from "../base/brand.ts";
import { concat, equalBytes } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import type { DeviceIdentity, Pins, Sealers } from "../ports/sealer.ts";
import { publicKey } from "../protocol/keys.ts";
import { boxKey, openBox, sealBox } from "./box.ts";
import { commitTo } from "./commit.ts";
import { createMemberReader } from "./credential.ts";
import { checkKeyPackage, checkLifetime, checkTree, keyPackageCap, readKeyPackage } from "./guard.ts";
import { joinByWelcome } from "./join.ts";
import { check, chooseMembers, guarded, keyPackageLife, type Candidate } from "./rules.ts";
import { createSealer } from "./sealer.ts";
import { chunk, chunks, clientConfig, decodeState, encodeState, enterEpoch, type Group, type Pending } from "./state.ts";
import { loadSuite, suiteName } from "./suite.ts";

export interface MlsOptions {
  /** Wall time, for the lifetimes of key packages only. */
  readonly now: () => Millis;
}

export const createMlsSealers = ({ now }: MlsOptions): Sealers => {
  let loading: Promise<CiphersuiteImpl> | undefined;
  const suite = (): Promise<CiphersuiteImpl> => (loading ??= loadSuite());

  const start = async (group: Group, pending: Pending | undefined, pins: Pins) => {
    const read = createMemberReader(pins.line);
    const members = checkTree(group.state.ratchetTree, read, pins);
    const own = members[group.state.privatePath.leafIndex];
    check(group.state.groupActiveState.kind !== "active" || (own !== undefined && equalBytes(own.person, pins.me)), "a group of another person");
    if (pending !== undefined) checkTree(pending.group.state.ratchetTree, read, pins);
    return createSealer({ group, pending, members, pins, read, now, suite: await suite() });
  };

  return {
    async found(identity, pins) {
      const { publicPackage, privatePackage } = await makeKeyPackage(identity, pins, now(), await suite());
      const group = enterEpoch(await createGroup(pins.line, publicPackage, privatePackage, [], await suite(), clientConfig));
      return { sealer: await start(group, undefined, pins), state: encodeState(group, undefined) };
    },

    async keyPackage(identity, pins) {
      const { publicPackage, privatePackage } = await makeKeyPackage(identity, pins, now(), await suite());
      const keyPackage = encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage: publicPackage });
      invariant(keyPackage.length <= keyPackageCap, "a key package over its own cap");
      return { keyPackage, state: encodeJoining(keyPackage, privatePackage) };
    },

    async inspect(keyPackage, line) {
      return guarded(async () => {
        const read = readKeyPackage(keyPackage.slice());
        checkLifetime(read, now());
        return checkKeyPackage(read, createMemberReader(line), await suite());
      });
    },

    async refound(identity, pins, packages) {
      const { publicPackage, privatePackage } = await makeKeyPackage(identity, pins, now(), await suite());
      return guarded(async () => {
        const read = createMemberReader(pins.line);
        const candidateOf = async (keyPackage: KeyPackage): Promise<Candidate<KeyPackage>> => {
          const member = await checkKeyPackage(keyPackage, read, await suite());
          return { package: keyPackage, member, unique: [member.device, keyPackage.leafNode.hpkePublicKey] };
        };
        const candidates: Candidate<KeyPackage>[] = [];
        for (const bytes of packages) {
          const candidate = await guarded(async () => {
            const keyPackage = readKeyPackage(bytes.slice());
            // Without grace: at making a commit the library looks at the clock as well, and one that it refuses would cost all.
            checkLifetime(keyPackage, now(), 0);
            return candidateOf(keyPackage);
          });
          if (candidate.ok) candidates.push(candidate.value);
        }
        const chosen = chooseMembers(await candidateOf(publicPackage), candidates, pins);
        const founded = await createGroup(pins.line, publicPackage, privatePackage, [], await suite(), clientConfig);
        const adds = chosen.map((candidate) => candidate.package);
        const { welcome, next } = await commitTo(founded, adds, [], read, await suite());
        invariant(welcome !== null, "a group made anew without a welcome");
        const members = checkTree(next.ratchetTree, read, pins).filter((member) => member !== undefined);
        return { welcome, state: encodeState(enterEpoch(next), undefined), members };
      });
    },

    async join(pending, welcome, pins, among) {
      return guarded(async () => {
        const { keyPackage, privatePackage } = decodeJoining(pending);
        const group = await joinByWelcome(welcome, keyPackage, privatePackage, pins, among, await suite());
        return { sealer: await start(group, undefined, pins), state: encodeState(group, undefined) };
      });
    },

    async restore(state, pins) {
      return guarded(async () => {
        const { group, pending } = decodeState(state);
        check(equalBytes(group.state.groupContext.groupId, pins.line), "other group");
        return start(group, pending, pins);
      });
    },

    async boxKey(seed) {
      return boxKey(seed, await suite());
    },

    async sealBox(key, plain, info) {
      return guarded(async () => sealBox(key, plain, info, await suite()));
    },

    async openBox(seed, box, info) {
      return guarded(async () => openBox(seed, box, info, await suite()));
    },
  };
};

/** A defect of ours when the identity is not one of `pins.me` on this line. */
const makeKeyPackage = async (
  { certificate, deviceSeed }: DeviceIdentity,
  pins: Pins,
  now: Millis,
  suite: CiphersuiteImpl,
): Promise<{ publicPackage: KeyPackage; privatePackage: PrivateKeyPackage }> => {
  const credential = { credentialType: "basic", identity: certificate } as const;
  const signatureKeyPair = { signKey: deviceSeed.expose(), publicKey: publicKey(deviceSeed) };
  const member = createMemberReader(pins.line)({ credential, signaturePublicKey: signatureKeyPair.publicKey });
  invariant(member !== undefined && equalBytes(member.person, pins.me), "a device certificate of someone else");
  const capabilities = {
    versions: ["mls10" as const],
    ciphersuites: [suiteName as typeof suite.name],
    extensions: [],
    proposals: [],
    credentials: ["basic" as const],
  };
  const lifetime = { notBefore: 0n, notAfter: BigInt(Math.floor((now + keyPackageLife) / 1000)) };
  return generateKeyPackageWithKey(credential, capabilities, lifetime, [], signatureKeyPair, suite);
};

/** What a joining device keeps until its welcome: version 1, then chunks of the key package and its three private keys. */
const encodeJoining = (keyPackage: Uint8Array, keys: PrivateKeyPackage): Uint8Array =>
  concat(new Uint8Array([1]), chunk(keyPackage), chunk(keys.initPrivateKey), chunk(keys.hpkePrivateKey), chunk(keys.signaturePrivateKey));

const decodeJoining = (bytes: Uint8Array): { readonly keyPackage: KeyPackage; readonly privatePackage: PrivateKeyPackage } => {
  check(bytes[0] === 1, "state of another version");
  const [keyPackage, initPrivateKey, hpkePrivateKey, signaturePrivateKey] = chunks(bytes.slice(1), 4) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return { keyPackage: readKeyPackage(keyPackage), privatePackage: { initPrivateKey, hpkePrivateKey, signaturePrivateKey } };
};
