/**
 * The rules of a bond's group, apart from how it is encrypted: the fake of the simulator follows the same ones.
 */
import type { Millis } from "../base/brand.ts";
import { equalBytes, toHex } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { notPinned, type Malformed, type Member, type Pins } from "../ports/sealer.ts";
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

/** Whether a key package that ends at `until` may be let in now (SEAL12). */
export const checkUntil = (until: Millis, now: Millis): void => {
  check(until + clockSkew >= now, "expired");
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

/** For a device that joins: it trusts nobody yet, so the other person must be known, by key or by the hash in the link. */
export const checkPinned = (members: Members, { me, other, otherHash }: Pins): void => {
  const isPinned = (person: Uint8Array): boolean =>
    other === undefined ? otherHash !== undefined && equalBytes(sha256(person), otherHash) : equalBytes(person, other);
  for (const member of members) check(member === undefined || equalBytes(member.person, me) || isPinned(member.person), notPinned);
};

/**
 * Whether `committer` may make this change. A side enrols and revokes only its own devices (DEV2). The one exception:
 * while the bond has only one person, that person's device adds the first device of the other (PAIR1).
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

const same = (a: Member, b: Member): boolean => equalBytes(a.person, b.person) && equalBytes(a.device, b.device);
