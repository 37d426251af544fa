/**
 * The rules of a bond's group, apart from how it is encrypted: the fake of the simulator follows the same ones.
 */
import type { Millis } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { notPinned, type Malformed, type Member, type Pins, type Among } from "../ports/sealer.ts";
import { sha256 } from "../protocol/keys.ts";

class Refusal extends Error {}

export function check(condition: unknown, reason: string): asserts condition {
  if (!condition) throw new Refusal(reason);
}

/** Runs checks and library calls on bytes from outside; any failure is a reason. */
export const guarded = async <T>(work: () => T | Promise<T>): Promise<Result<T, Malformed>> => {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof Refusal) return err({ reason: error.message });
    return err({ reason: `mls: ${error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 120) : "unknown"}` });
  }
};

/** Per person. Also what the relay allows a side. */
export const devicesPerPerson = 4;

const day = 86_400_000;

/** How long a key package may be used after it was made. Last-resort packages lie at the relay for months. */
export const keyPackageLife: Millis = 365 * day;

/** Clocks of honest devices differ by no more. */
const clockSkew: Millis = day;

/** Whether a key package that ends at `until`, or `grace` before now, may be let in now (SEAL12). */
export const checkUntil = (until: Millis, now: Millis, grace: Millis = clockSkew): void => {
  check(until + grace >= now, "expired");
  check(until <= now + keyPackageLife + clockSkew, "lives too long");
};

export interface Persons {
  readonly me: Uint8Array;
  readonly other: Uint8Array | undefined;
}

/** Members by leaf index; blank leaves are `undefined`. */
export type Members = readonly (Member | undefined)[];

export interface Change {
  readonly added: readonly Member[];
  readonly removed: readonly Member[];
}

/** The rule of two: only devices of the two persons, none twice, at most four each. */
export const checkBond = (members: Members, { me, other }: Persons): void => {
  const present = members.filter((member) => member !== undefined);
  const others = present.filter(({ person }) => !equalBytes(person, me));
  const theirs = other ?? others[0]?.person;
  check(
    others.every(({ person }) => theirs !== undefined && equalBytes(person, theirs)),
    "a device of a third person",
  );
  check(new Set(present.map(({ device }) => toHex(device))).size === present.length, "one device twice");
  check(others.length <= devicesPerPerson && present.length - others.length <= devicesPerPerson, "too many devices");
};

/** One of the two, the other known by key or by the hash in the link. */
const isPinned = (person: Uint8Array, { me, other, otherHash }: Pins): boolean =>
  equalBytes(person, me) || (other === undefined ? otherHash !== undefined && equalBytes(sha256(person), otherHash) : equalBytes(person, other));

/** For a device that joins: it trusts nobody yet, so the other person must be known. */
const checkPinned = (members: Members, pins: Pins): void => {
  for (const member of members) check(member === undefined || isPinned(member.person, pins), notPinned);
};

/**
 * Who let me in by a welcome, and with whom. A device of mine, or for my first one the other person (PAIR1); a device
 * that another one certified comes in by that one's change (DEV1). A group made anew (`among`) may be of any member's
 * making, and holds none but those that the log says are in, and who came back by the twelve words (SEAL18).
 */
export const checkJoin = (me: Uint8Array, signer: number, members: Members, pins: Pins, among: Among | undefined): void => {
  checkPinned(members, pins);
  const author = signer < members.length ? members[signer] : undefined;
  check(author !== undefined, "signer outside the tree");
  const present = members.filter((member) => member !== undefined);
  const mine = present.filter(({ person }) => equalBytes(person, pins.me));
  const own = mine.find(({ device }) => equalBytes(device, me));
  check(own !== undefined, "without this device");
  if (among !== undefined) {
    check(
      present.every(({ device, by }) => {
        const has = (keys: readonly Uint8Array[], key: Uint8Array): boolean => keys.some((one) => equalBytes(one, key));
        if (has(among.on, device)) return true;
        return !has(among.gone, device) && (by === null || (has(among.told, device) && has(among.on, by)));
      }),
      "a device that is not on the line",
    );
    return;
  }
  check(mine.length === 1 || equalBytes(author.person, pins.me), "let in by the other person");
  check(own.by === null || equalBytes(own.by, author.device), "certified by another device");
};

/** Who a key package says, for a group made anew. */
export interface Candidate<Package> {
  readonly package: Package;
  readonly member: Member;
  /** Two that are equal cannot be in one group: the device, and what else must be there once. */
  readonly unique: readonly Uint8Array[];
}

/**
 * Who is in a group made anew: all that pass, in order, own devices first, so that none of the other's can take a place
 * from them. `founder` makes it.
 */
export const chooseMembers = <Package>(founder: Candidate<unknown>, candidates: readonly Candidate<Package>[], pins: Pins): readonly Candidate<Package>[] => {
  const isMine = ({ member }: Candidate<unknown>): boolean => equalBytes(member.person, pins.me);
  const taken = new Set(founder.unique.map(toHex));
  const room = new Map([
    [true, devicesPerPerson - 1],
    [false, devicesPerPerson],
  ]);
  const chosen: Candidate<Package>[] = [];
  for (const candidate of [...candidates.filter(isMine), ...candidates.filter((one) => !isMine(one))]) {
    const left = room.get(isMine(candidate)) as number;
    const unique = candidate.unique.map(toHex);
    if (left === 0 || unique.some((one) => taken.has(one)) || !isPinned(candidate.member.person, pins)) continue;
    room.set(isMine(candidate), left - 1);
    for (const one of unique) taken.add(one);
    chosen.push(candidate);
  }
  check(chosen.length > 0, "nobody else to be in it");
  return chosen;
};

/**
 * Whether `committer` may make this change. A side enrols and revokes only its own devices (DEV2). The one exception:
 * while the bond has only one person, that person's device adds the first device of the other (PAIR1). A device that
 * was certified by a device comes in by that one: whoever makes a change is in the group, so unrevoked (DEV1).
 */
export const checkChange = (committer: Member, { added, removed }: Change, members: Members, persons: Persons): void => {
  const present = members.filter((member) => member !== undefined);
  const inviting = present.every(({ person }) => equalBytes(person, committer.person));
  const foreign = added.filter(({ person }) => !equalBytes(person, committer.person));
  check(foreign.length === 0 || (inviting && foreign.length === 1), "adds a device of the other person");
  check(
    removed.every(({ person }) => equalBytes(person, committer.person)),
    "removes a device of the other person",
  );
  check(!removed.some(({ device }) => equalBytes(device, committer.device)), "removes its own author");
  check(
    added.every(({ by }) => by === null || equalBytes(by, committer.device)),
    "certified by another device",
  );
  check(new Set(removed).size === removed.length, "removes a device twice");
  check(!added.some(({ device }) => removed.some((other) => equalBytes(device, other.device))), "removes what it adds");
  checkBond([...present.filter((member) => !removed.includes(member)), ...added], persons);
};

/** After a change the group holds exactly who it should, each in its place, whatever the library made of it. */
export const checkOutcome = (before: Members, { added, removed }: Change, after: Members): void => {
  const stay = before.map((member) => (member !== undefined && removed.includes(member) ? undefined : member));
  const came: Member[] = [];
  for (let index = 0; index < Math.max(stay.length, after.length); index++) {
    const [was, is] = [stay[index], after[index]];
    if (was === undefined && is !== undefined) came.push(is);
    else check(was === undefined || (is !== undefined && same(was, is)), "a member changed unasked");
  }
  check(came.length === added.length && added.every((member) => came.some((other) => same(member, other))), "a member changed unasked");
};

const same = (a: Member, b: Member): boolean =>
  equalBytes(a.person, b.person) && equalBytes(a.device, b.device) && (a.by === null || b.by === null ? a.by === b.by : equalBytes(a.by, b.by));

/** The members of these device keys, by leaf index; each must be in. */
export const findLeaves = (members: Members, devices: readonly Uint8Array[]): readonly number[] =>
  devices.map((device) => {
    const leaf = members.findIndex((member) => member !== undefined && equalBytes(member.device, device));
    check(leaf >= 0, "removes a device that is not in");
    return leaf;
  });

export const boxCap = 65_536;

/** X-Wing's and AES-256-GCM's share of a box (SEAL19). */
export const boxKemLength = 1120;
export const boxOverhead = boxKemLength + 16;
