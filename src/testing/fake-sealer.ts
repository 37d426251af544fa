/**
 * A Sealers for the simulator: the behaviour of the real one (sealer-contract.ts) without its cryptography, fast and
 * the same for the same inputs. Bodies are CBOR that a test can read and make (`forge`), padded to the same buckets.
 *
 * What stands in for what:
 * - the secret of an epoch is 16 bytes that a change carries openly; whoever knows it counts as a member;
 * - tags are hashes over that secret, the author's device key and the fields: they catch changed bytes and outsiders,
 *   and anyone who holds the secret can make them, as a device that runs other code could.
 */
import { asPlain, asSealed, type Millis, type Plain, type Sealed } from "../base/brand.ts";
import { concat, equalBytes, toHex, u32, utf8 } from "../base/bytes.ts";
import { invariant } from "../base/exhaustive.ts";
import { err, ok } from "../base/result.ts";
import { Secret } from "../base/secret.ts";
import { aadCap, bucketFor, frame, unframe } from "../mls/padding.ts";
import {
  boxCap,
  boxKemLength,
  boxOverhead,
  check,
  checkBond,
  checkChange,
  checkJoin,
  checkUntil,
  chooseMembers,
  devicesPerPerson,
  findLeaves,
  guarded,
  keyPackageLife,
  type Candidate,
  type Members,
  type Persons,
} from "../mls/rules.ts";
import type { DeviceIdentity, Member, Pins, Received, Sealer, Sealers } from "../ports/sealer.ts";
import { readCertificate } from "../protocol/certificate.ts";
import { decodeCbor, encodeCbor, type Cbor } from "../protocol/cbor.ts";
import { publicKey, sha256 } from "../protocol/keys.ts";

/** An entry as it was sealed. Two of one (device, group, epoch, generation) with different plain bytes: a broken writer. */
export interface SealedEvent {
  readonly device: Uint8Array;
  /** Names the epoch's secret: a group made anew counts its epochs from 1 again. */
  readonly group: Uint8Array;
  readonly epoch: number;
  readonly generation: number;
  readonly plain: Plain;
}

export interface FakeOptions {
  /** Wall time, for the lifetimes of key packages only. */
  readonly now: () => Millis;
  /** `n` bytes; the same ones in the same run of the simulator. */
  readonly random: (n: number) => Uint8Array;
  readonly observe?: (event: SealedEvent) => void;
}

/** What an entry's body says. */
export interface FakeEntry {
  readonly line: Uint8Array;
  readonly epoch: number;
  readonly leaf: number;
  readonly generation: number;
  readonly aad: Uint8Array;
  readonly plain: Uint8Array;
}

/** As many generations as the real one lets be missing. */
const forwardLimit = 256;

/** About as long as real ones, so that what carries them has real sizes too. */
const packageLength = (certificate: Uint8Array): number => 2643 + certificate.length;
/** `own`: the author's certificate; its new keys are in every change but one that only adds. */
const changeLength = (own: Uint8Array, leaves: number, added: readonly Uint8Array[], removed: number): number => {
  const path = added.length > 0 && removed === 0 ? 0 : 1400 + own.length + Math.ceil(Math.log2(leaves)) * 2424;
  return 212 + added.reduce((sum, certificate) => sum + packageLength(certificate), 0) + 8 * removed + path;
};
const welcomeLength = (leaves: readonly (Uint8Array | null)[], joining: number): number =>
  350 + leaves.reduce((sum, certificate) => sum + (certificate === null ? 1 : 1340 + certificate.length), 0) + joining * 1281;

/** X-Wing's public key. */
const boxKeyLength = 1216;

interface Epoch {
  readonly epoch: number;
  readonly secret: Uint8Array;
  /** Certificates by leaf; `null` is a blank leaf. */
  readonly leaves: readonly (Uint8Array | null)[];
}

interface Group extends Epoch {
  readonly leaf: number;
  /** The next generation by leaf: of entries, and of changes. */
  readonly entries: readonly number[];
  readonly changes: readonly number[];
  readonly active: boolean;
}

interface Pending {
  readonly hash: Uint8Array;
  readonly next: Epoch;
}

export const createFakeSealers = ({ now, random, observe }: FakeOptions): Sealers => {
  const makePackage = ({ certificate, deviceSeed }: DeviceIdentity, pins: Pins): Uint8Array => {
    const member = readMember(pins.line, certificate);
    invariant(
      member !== undefined && equalBytes(member.person, pins.me) && equalBytes(member.device, publicKey(deviceSeed)),
      "a device certificate of someone else",
    );
    const fields: Cbor[] = ["key package", certificate, random(16), now() + keyPackageLife];
    return fill(fields, packageLength(certificate), member.device);
  };

  const inspect = (keyPackage: Uint8Array, line: Uint8Array, grace?: Millis): { readonly certificate: Uint8Array; readonly member: Member } => {
    const [kind, certificate, , until, ...rest] = readFields(keyPackage);
    check(kind === "key package" && certificate instanceof Uint8Array && typeof until === "number", "not a key package");
    const member = readMember(line, certificate);
    check(member !== undefined, "no certificate of this line for its key");
    checkTag(keyPackage, rest, member.device);
    checkUntil(until, now(), grace);
    return { certificate, member };
  };

  const makeWelcome = (line: Uint8Array, next: Epoch, signer: number, to: readonly Uint8Array[], device: Uint8Array): Sealed => {
    const fields = ["welcome", line, next.epoch, next.secret, next.leaves, signer, to.map((keyPackage) => sha256(keyPackage))];
    const welcome = frame(fill(fields, welcomeLength(next.leaves, to.length), device));
    invariant(welcome !== undefined, "a welcome over the largest bucket");
    return asSealed(welcome);
  };

  const start = (initial: Group, initialPending: Pending | undefined, pins: Pins): Sealer => {
    const { line } = pins;
    let group = initial;
    let pending = initialPending;
    let members = readMembers(line, group.leaves);
    checkBond(members, pins);
    const own = members[group.leaf];
    check(!group.active || (own !== undefined && equalBytes(own.person, pins.me)), "a group of another person");

    const present = (): readonly Member[] => members.filter((member) => member !== undefined);
    const persons = (): Persons => ({
      me: pins.me,
      other: pins.other ?? present().find(({ person }) => !equalBytes(person, pins.me))?.person,
    });
    const save = (): Uint8Array => encodeGroup(line, group, pending);
    const enter = (next: Epoch): void => {
      group = enterEpoch(next, group.leaf, members[group.leaf]?.device, line);
      members = readMembers(line, group.leaves);
      pending = undefined;
    };

    /** The author of a message and its generation, once everything but its content is in order. */
    const checkAuthor = (
      epoch: Cbor | undefined,
      leaf: Cbor | undefined,
      generation: Cbor | undefined,
      generations: readonly number[],
    ): { leaf: number; generation: number; from: Member } => {
      check(epoch === group.epoch, "other epoch");
      check(typeof leaf === "number" && typeof generation === "number", "does not decode");
      const from = members[leaf];
      check(from !== undefined, "sender outside the tree");
      check(leaf !== group.leaf, "from this device itself");
      const next = generations[leaf] ?? 0;
      check(generation >= next, "seen before or out of order");
      check(generation - next <= forwardLimit, "too many messages missing");
      return { leaf, generation, from };
    };

    const openEntry = (body: Uint8Array, aad: Uint8Array): Received => {
      const [kind, on, epoch, leaf, generation, under, plain, of, tag, ...more] = readEntryFields(body);
      check(kind === "entry" && plain instanceof Uint8Array && under instanceof Uint8Array && more.length === 0, "not an entry");
      check(on instanceof Uint8Array && equalBytes(on, line), "other group");
      check(of instanceof Uint8Array && equalBytes(of, nameOf(group.secret)), "other group or epoch");
      check(equalBytes(under, aad), "other authenticated data");
      check(bucketFor(plain.length, aad.length) === body.length, "not in the smallest bucket");
      const author = checkAuthor(epoch, leaf, generation, group.entries);
      const entry = { line, epoch: group.epoch, leaf: author.leaf, generation: author.generation, aad, plain };
      check(tag instanceof Uint8Array && equalBytes(tag, entryTag(entry, group.secret, author.from.device)), "not signed by its sender");
      group = { ...group, entries: set(group.entries, author.leaf, author.generation + 1) };
      return { kind: "entry", plain: asPlain(plain.slice()), from: author.from };
    };

    const openChange = (body: Uint8Array): Received => {
      const before = present();
      if (pending !== undefined && equalBytes(sha256(body), pending.hash)) {
        enter(pending.next);
        const added = present().filter((member) => !before.some((other) => equalBytes(other.device, member.device)));
        const removed = before.filter((member) => !present().some((other) => equalBytes(other.device, member.device)));
        return { kind: "own-change", epoch: group.epoch, added, removed };
      }
      const message = unframe(body);
      check(message !== undefined, "not in its frame");
      const [kind, on, epoch, leaf, generation, adds, removes, secret, ...rest] = readFields(message);
      check(kind === "change" && on instanceof Uint8Array && equalBytes(on, line), "not a change of this group");
      check(Array.isArray(adds) && Array.isArray(removes) && secret instanceof Uint8Array, "does not decode");
      const { from, leaf: author } = checkAuthor(epoch, leaf, generation, group.changes);
      checkTag(message, rest, from.device, group.secret);
      const certificates = adds.filter((certificate: Cbor) => certificate instanceof Uint8Array);
      const added = readMembers(line, certificates).filter((member) => member !== undefined);
      check(added.length === adds.length, "no certificate of this line for its key");
      check(added.length + removes.length <= 2 * devicesPerPerson, "too many proposals");
      check(!removes.includes(author), "removes its own author");
      const leaves = removes.filter((index: Cbor) => typeof index === "number");
      const removed = leaves.map((index) => members[index]).filter((member) => member !== undefined);
      check(removed.length === removes.length, "removes a leaf outside the tree");
      checkChange(from, { added, removed }, members, persons());
      enter(nextEpoch(group, certificates, leaves, secret));
      return { kind: "change", epoch: group.epoch, added, removed, from };
    };

    return {
      epoch: () => group.epoch,
      members: present,

      async seal(plain, aad) {
        invariant(group.active, "sealing after this device was removed");
        invariant(aad.length <= aadCap, "authenticated data over its cap");
        if (bucketFor(plain.length, aad.length) === undefined) return err("too-large");
        const device = (members[group.leaf] as Member).device;
        const generation = group.entries[group.leaf] ?? 0;
        const body = forge({ line, epoch: group.epoch, leaf: group.leaf, generation, aad, plain }, group.secret, device);
        group = { ...group, entries: set(group.entries, group.leaf, generation + 1) };
        observe?.({ device, group: nameOf(group.secret), epoch: group.epoch, generation, plain: asPlain(plain.slice()) });
        return ok({ body, state: save() });
      },

      async receive(items) {
        const results: Received[] = [];
        for (const item of items) {
          const result = await guarded(() => {
            check(group.active, "this device was removed");
            return item.kind === "entry" ? openEntry(item.body, item.aad) : openChange(item.body);
          });
          results.push(result.ok ? result.value : { kind: "malformed", reason: result.error.reason });
        }
        return { results, state: save() };
      },

      async change({ add, remove }) {
        return guarded(() => {
          check(group.active, "this device was removed");
          check(add.length + remove.length <= 2 * devicesPerPerson, "too many proposals");
          const packages = add.map((keyPackage) => inspect(keyPackage, line));
          const certificates = packages.map(({ certificate }) => certificate);
          const leaves = findLeaves(members, remove);
          const me = members[group.leaf] as Member;
          const removed = leaves.map((leaf) => members[leaf] as Member);
          checkChange(me, { added: packages.map(({ member }) => member), removed }, members, persons());
          const generation = group.changes[group.leaf] ?? 0;
          const next = nextEpoch(group, certificates, leaves, random(16));
          const fields = ["change", line, group.epoch, group.leaf, generation, certificates, leaves, next.secret];
          const commit = frame(
            fill(fields, changeLength(group.leaves[group.leaf] as Uint8Array, next.leaves.length, certificates, leaves.length), me.device, group.secret),
          );
          invariant(commit !== undefined, "a change over the largest bucket");
          const welcome = add.length === 0 ? null : makeWelcome(line, next, group.leaf, add, me.device);
          group = { ...group, changes: set(group.changes, group.leaf, generation + 1) };
          pending = { hash: sha256(commit), next };
          return { commit: asSealed(commit), welcome, state: save() };
        });
      },

      async exportSecret(label, context) {
        invariant(group.active, "exporting after this device was removed");
        return new Secret(sha256(encodeCbor(["exported", group.secret, label, context])));
      },
    };
  };

  return {
    async found(identity, pins) {
      makePackage(identity, pins);
      const group = enterEpoch({ epoch: 0, secret: random(16), leaves: [identity.certificate] }, 0, publicKey(identity.deviceSeed), pins.line);
      return { sealer: start(group, undefined, pins), state: encodeGroup(pins.line, group, undefined) };
    },

    async keyPackage(identity, pins) {
      const keyPackage = makePackage(identity, pins);
      return { keyPackage, state: encodeCbor([1, keyPackage]) };
    },

    async inspect(keyPackage, line) {
      return guarded(() => inspect(keyPackage, line).member);
    },

    async refound(identity, pins, packages) {
      const me = inspect(makePackage(identity, pins), pins.line);
      return guarded(async () => {
        const candidates: Candidate<{ readonly keyPackage: Uint8Array; readonly certificate: Uint8Array }>[] = [];
        for (const keyPackage of packages) {
          const read = await guarded(() => inspect(keyPackage, pins.line, 0));
          if (!read.ok) continue;
          const { certificate, member } = read.value;
          candidates.push({ package: { keyPackage, certificate }, member, unique: [member.device] });
        }
        const chosen = chooseMembers({ package: undefined, member: me.member, unique: [me.member.device] }, candidates, pins);
        const founder: Epoch = { epoch: 0, secret: new Uint8Array(), leaves: [identity.certificate] };
        const certificates = chosen.map((one) => one.package.certificate);
        const group = enterEpoch(nextEpoch(founder, certificates, [], random(16)), 0, me.member.device, pins.line);
        const to = chosen.map((one) => one.package.keyPackage);
        return {
          welcome: makeWelcome(pins.line, group, 0, to, me.member.device),
          state: encodeGroup(pins.line, group, undefined),
          members: [me.member, ...chosen.map(({ member }) => member)],
        };
      });
    },

    async join(pendingState, sealed, pins, among) {
      return guarded(() => {
        const keyPackage = readJoining(pendingState);
        const { member } = readPackage(keyPackage, pins.line);
        const message = unframe(sealed);
        check(message !== undefined, "not in its frame");
        const [kind, line, epoch, secret, leaves, signer, to, ...rest] = readFields(message);
        check(kind === "welcome" && Array.isArray(to), "not a welcome");
        const mine = sha256(keyPackage);
        check(
          to.some((hash: Cbor) => hash instanceof Uint8Array && equalBytes(hash, mine)),
          "not a welcome to this device",
        );
        check(line instanceof Uint8Array && equalBytes(line, pins.line), "other group");
        check(typeof epoch === "number" && secret instanceof Uint8Array && Array.isArray(leaves) && typeof signer === "number", "does not decode");
        check(among === undefined || epoch === 1, "other epoch");
        const certificates = leaves.map((leaf: Cbor) => (leaf instanceof Uint8Array ? leaf : null));
        const members = readMembers(pins.line, certificates);
        checkBond(members, pins);
        checkJoin(member.device, signer, members, pins, among);
        checkTag(message, rest, (members[signer] as Member).device);
        const leaf = members.findIndex((one) => one !== undefined && equalBytes(one.device, member.device));
        const group = enterEpoch({ epoch, secret, leaves: certificates }, leaf, member.device, pins.line);
        return { sealer: start(group, undefined, pins), state: encodeGroup(pins.line, group, undefined) };
      });
    },

    async restore(state, pins) {
      return guarded(() => {
        const { line, group, pending } = decodeGroup(state);
        check(equalBytes(line, pins.line), "other group");
        return start(group, pending, pins);
      });
    },

    async boxKey(seed) {
      return boxKeyOf(seed);
    },

    async sealBox(key, plain, info) {
      return guarded(() => {
        check(plain.length + boxOverhead <= boxCap, "too long");
        check(key.length === boxKeyLength && equalBytes(key, stretch(key.subarray(0, 32), boxKeyLength)), "encryption key that cannot be used");
        const kem = stretch(random(32), boxKemLength);
        return concat(kem, boxTag(key, kem, plain, info), plain);
      });
    },

    async openBox(seed, box, info) {
      return guarded(() => {
        check(box.length >= boxOverhead && box.length <= boxCap, "box of another length");
        const [kem, tag, plain] = [box.subarray(0, boxKemLength), box.subarray(boxKemLength, boxOverhead), box.subarray(boxOverhead)];
        check(equalBytes(tag, boxTag(boxKeyOf(seed), kem, plain, info)), "does not open");
        return new Uint8Array(plain);
      });
    },
  };
};

/** A box is open to read, and opens for its seed alone. */
const boxKeyOf = (seed: Secret): Uint8Array => stretch(sha256(concat(utf8("box key"), seed.expose())), boxKeyLength);

const boxTag = (key: Uint8Array, kem: Uint8Array, plain: Uint8Array, info: string): Uint8Array =>
  sha256(encodeCbor([key.subarray(0, 32), kem, plain, info])).slice(0, 16);

/** The bytes, and then ones that follow from them. */
const stretch = (bytes: Uint8Array, length: number): Uint8Array => {
  const out = new Uint8Array(length).fill(sha256(bytes)[0] as number);
  out.set(bytes);
  return out;
};

/** The body of an entry by whoever knows the epoch's secret and claims to be `device`. */
export const forge = (entry: FakeEntry, secret: Uint8Array, device: Uint8Array): Sealed => {
  const bucket = bucketFor(entry.plain.length, entry.aad.length);
  invariant(bucket !== undefined, "a forged entry over the largest bucket");
  const message = encodeCbor([...entryFields(entry, secret), entryTag(entry, secret, device)]);
  return asSealed(concat(u32(message.length), message, new Uint8Array(bucket - 4 - message.length)));
};

/** What an entry's body says, and what names its epoch's secret; tag unchecked. `undefined` for anything else. */
export const readEntry = (body: Uint8Array): (FakeEntry & Pick<SealedEvent, "group">) | undefined => {
  try {
    const [kind, line, epoch, leaf, generation, aad, plain, group] = readEntryFields(body);
    if (kind !== "entry" || !(line instanceof Uint8Array && aad instanceof Uint8Array && plain instanceof Uint8Array)) return undefined;
    if (typeof epoch !== "number" || typeof leaf !== "number" || typeof generation !== "number" || !(group instanceof Uint8Array)) return undefined;
    return { line, epoch, leaf, generation, aad, plain, group };
  } catch {
    return undefined;
  }
};

/** The secret of the epoch a state is in: what a forger who is a member has. */
export const epochSecret = (state: Uint8Array): Uint8Array => decodeGroup(state).group.secret;

const entryFields = ({ line, epoch, leaf, generation, aad, plain }: FakeEntry, secret: Uint8Array): Cbor[] => [
  "entry",
  line,
  epoch,
  leaf,
  generation,
  aad,
  plain,
  nameOf(secret),
];

const nameOf = (secret: Uint8Array): Uint8Array => sha256(secret).slice(0, 8);

const entryTag = (entry: FakeEntry, secret: Uint8Array, device: Uint8Array): Uint8Array =>
  sha256(concat(secret, device, encodeCbor(entryFields(entry, secret)))).slice(0, 16);

/** Like a frame, but in the bucket an entry of these plain bytes has in MLS. */
const readEntryFields = (body: Uint8Array): readonly Cbor[] => {
  check(body.length >= 4, "does not decode");
  const end = 4 + new DataView(body.buffer, body.byteOffset).getUint32(0);
  check(end <= body.length && body.subarray(end).every((byte) => byte === 0), "does not decode");
  return readFields(body.subarray(4, end));
};

const readFields = (bytes: Uint8Array): readonly Cbor[] => {
  check(bytes.length <= 65_536, "too long");
  const fields = decodeCbor(bytes);
  check(fields.ok && Array.isArray(fields.value), "does not decode");
  return fields.value;
};

/** The fields, zeros up to a length like the real one's, and a tag over all before it. */
const fill = (fields: readonly Cbor[], length: number, device: Uint8Array, secret: Uint8Array = new Uint8Array()): Uint8Array => {
  const zeros = new Uint8Array(Math.max(0, length - encodeCbor([...fields, new Uint8Array(300), new Uint8Array(16)]).length + 300));
  return encodeCbor([...fields, zeros, sha256(concat(secret, device, encodeCbor([...fields, zeros]))).slice(0, 16)]);
};

const checkTag = (message: Uint8Array, rest: readonly (Cbor | undefined)[], device: Uint8Array, secret: Uint8Array = new Uint8Array()): void => {
  const [zeros, tag, ...more] = rest;
  check(zeros instanceof Uint8Array && zeros.every((byte) => byte === 0) && tag instanceof Uint8Array && more.length === 0, "does not decode");
  const all = readFields(message);
  check(equalBytes(tag, sha256(concat(secret, device, encodeCbor(all.slice(0, -1)))).slice(0, 16)), "not signed by its sender");
};

/** Checking a certificate is the one slow thing left; what it says never changes. */
const known = new Map<string, Member | undefined>();

const readMember = (line: Uint8Array, certificate: Uint8Array): Member | undefined => {
  const key = toHex(line) + toHex(certificate);
  if (!known.has(key)) {
    if (known.size >= 10_000) known.clear();
    known.set(key, readCertificate(line, certificate));
  }
  return known.get(key);
};

const readMembers = (line: Uint8Array, leaves: readonly (Uint8Array | null)[]): Members =>
  leaves.map((certificate) => (certificate === null ? undefined : readMember(line, certificate)));

const readPackage = (keyPackage: Uint8Array, line: Uint8Array): { readonly member: Member } => {
  const [kind, certificate] = readFields(keyPackage);
  check(kind === "key package" && certificate instanceof Uint8Array, "not a key package");
  const member = readMember(line, certificate);
  check(member !== undefined, "no certificate of this line for its key");
  return { member };
};

const readJoining = (state: Uint8Array): Uint8Array => {
  const [version, keyPackage, ...more] = readFields(state);
  check(version === 1 && keyPackage instanceof Uint8Array && more.length === 0, "state of another version");
  return keyPackage;
};

/** New leaves go to the leftmost blanks, as in MLS; blanks at the end are cut. */
const nextEpoch = (group: Epoch, added: readonly Uint8Array[], removed: readonly number[], secret: Uint8Array): Epoch => {
  const leaves = group.leaves.map((leaf, index) => (removed.includes(index) ? null : leaf));
  for (const certificate of added) {
    const blank = leaves.indexOf(null);
    if (blank < 0) leaves.push(certificate);
    else leaves[blank] = certificate;
  }
  while (leaves.at(-1) === null) leaves.pop();
  return { epoch: group.epoch + 1, secret, leaves };
};

const enterEpoch = ({ epoch, secret, leaves }: Epoch, leaf: number, device: Uint8Array | undefined, line: Uint8Array): Group => {
  const own = readMembers(line, leaves)[leaf];
  const active = own !== undefined && device !== undefined && equalBytes(own.device, device);
  const generations = leaves.map(() => 0);
  return { epoch, secret: active ? secret : new Uint8Array(), leaves, leaf, entries: generations, changes: generations, active };
};

const set = (numbers: readonly number[], at: number, to: number): readonly number[] => numbers.map((number, index) => (index === at ? to : number));

const encodeGroup = (line: Uint8Array, group: Group, pending: Pending | undefined): Uint8Array =>
  encodeCbor([
    1,
    line,
    group.epoch,
    group.secret,
    group.leaves,
    group.leaf,
    group.entries,
    group.changes,
    group.active,
    pending === undefined ? null : [pending.hash, pending.next.epoch, pending.next.secret, pending.next.leaves],
  ]);

/** Only the sealer writes states, so their inner types are not checked again. */
const decodeGroup = (state: Uint8Array): { readonly line: Uint8Array; readonly group: Group; readonly pending: Pending | undefined } => {
  const fields = readFields(state);
  check(fields[0] === 1 && fields.length === 10, "state of another version");
  const [, line, epoch, secret, leaves, leaf, entries, changes, active, waiting] = fields as unknown as [
    1,
    Uint8Array,
    number,
    Uint8Array,
    Epoch["leaves"],
    number,
    number[],
    number[],
    boolean,
    null | [Uint8Array, number, Uint8Array, Epoch["leaves"]],
  ];
  const pending = waiting === null ? undefined : { hash: waiting[0], next: { epoch: waiting[1], secret: waiting[2], leaves: waiting[3] } };
  return { line, group: { epoch, secret, leaves, leaf, entries, changes, active }, pending };
};
